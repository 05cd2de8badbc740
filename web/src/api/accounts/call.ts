//! A call of the accounts' API, until the generated client knows it. Invariant: a failure is always a `Problem`.
import { language } from "../../language/choice";
import { heardStatus } from "../client";
import { asProblem, Problem } from "../problem";
import type { ProblemBody } from "../types";

interface Given {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  signal?: AbortSignal | undefined;
}

/** Path with the parameters that are set. */
export function address(path: string, query: Given["query"] = {}): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== null && value !== "") params.set(name, String(value));
  return `/api${path}${params.size ? `?${params}` : ""}`;
}

export async function call<T>(method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE", path: string, { query, body, signal }: Given = {}): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(address(path, query), {
      method,
      headers: { "Accept-Language": language(), ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw asProblem(error);
  }
  heardStatus(answer.status);
  const told = (await answer.json().catch(() => ({}))) as T & Partial<ProblemBody>;
  if (!answer.ok) throw Object.assign(new Problem(answer.status, told), { wait: Number(answer.headers.get("Retry-After")) || null });
  return told;
}

/** In how many seconds one may try again, if the server said so. */
export const waitOf = (problem: Problem): number | null => (problem as Problem & { wait?: number | null }).wait ?? null;
