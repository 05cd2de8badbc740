//! The one door to the REST API. Invariant: a failure is always a `Problem`.
import createClient from "openapi-fetch";
import { language } from "../language/choice";
import { asProblem, Problem } from "./problem";
import type { paths } from "./schema";
import type { ProblemBody } from "./types";

const client = createClient<paths>({ baseUrl: location.origin });

client.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
    return request;
  },
});

export const api = client;

interface Outcome<T> {
  data?: T | undefined;
  error?: unknown;
  response: Response;
}

/** What came back, or a `Problem`. */
export async function taken<T>(call: Promise<Outcome<T>>): Promise<T> {
  let outcome: Outcome<T>;
  try {
    outcome = await call;
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw asProblem(error);
  }
  if (outcome.response.ok && outcome.data !== undefined) return outcome.data;
  const body = typeof outcome.error === "object" && outcome.error ? (outcome.error as Partial<ProblemBody>) : {};
  throw new Problem(outcome.response.status, body);
}
