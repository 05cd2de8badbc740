import { useState } from "react";
import { asProblem, type Problem } from "../../api/problem";

export interface Submit {
  sending: boolean;
  problem: Problem | null;
  /** What the server says of one field. */
  issue: (pointer: string) => string | undefined;
  /** Whether it worked; what was typed stays where it is if not. */
  run: (act: () => Promise<unknown>) => Promise<boolean>;
  forget: () => void;
}

/** Trying something once at a time, and what became of it. */
export function useSubmit(): Submit {
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const run = async (act: () => Promise<unknown>): Promise<boolean> => {
    if (sending) return false;
    setSending(true);
    setProblem(null);
    try {
      await act();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      setSending(false);
    }
  };
  return {
    sending, problem, run,
    issue: (pointer) => problem?.issues.find((each) => each.pointer === pointer)?.detail,
    forget: () => setProblem(null),
  };
}
