import type { Issue, ProblemBody } from "./types";

/** Whatever went wrong, in one shape: what the server said, or that it could not be reached. */
export class Problem extends Error {
  readonly code: string;
  readonly status: number;
  readonly body: Partial<ProblemBody>;

  constructor(status: number, body: Partial<ProblemBody>) {
    super(body.detail ?? body.title ?? body.code ?? String(status));
    this.name = "Problem";
    this.status = status;
    this.body = body;
    this.code = body.code ?? (status === 0 ? "unreachable" : "unexpected");
  }

  get unreachable(): boolean {
    return this.status === 0 || this.status === 502 || this.status === 504;
  }

  get issues(): Issue[] {
    return this.body.errors ?? [];
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, { code: "unreachable", detail: error instanceof Error ? error.message : String(error) });
}
