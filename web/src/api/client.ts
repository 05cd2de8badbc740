//! The one door to the REST API. Invariant: a failure is always a `Problem`.
import createClient from "openapi-fetch";
import { language } from "../language/choice";
import { write } from "./exact";
import { asProblem, Problem } from "./problem";
import type { paths } from "./schema";
import type { ProblemBody } from "./types";

const client = createClient<paths>({ baseUrl: location.origin, bodySerializer: (body) => write(body) });

let refused: () => unknown = () => undefined;

/** What is done when the server no longer knows who we are. */
export const whenRefused = (act: () => unknown): void => void (refused = act);

/** Passes a status on, and tells whoever wants to know of a 401. */
export function heardStatus(status: number): void {
  if (status === 401) refused();
}

client.use({
  onRequest({ request }) {
    request.headers.set("Accept-Language", language());
    return request;
  },
  onResponse: ({ response }) => heardStatus(response.status),
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
