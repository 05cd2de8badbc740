//! The draft as the server would make a session of it. Invariant: what is shown belongs to the latest text that the server
//! could read; an answer to an older text is dropped, and nothing is ever opened.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { api, taken } from "../../api/client";
import { asProblem, type Problem } from "../../api/problem";
import type { CreateBody, Session } from "../../api/types";
import { language } from "../../language/choice";
import type { Parsed } from "./draft";

/** Between two keys, mostly, nobody wants to see what becomes of half a word. */
const PAUSE = 250;

interface Odd {
  pointer: string | null;
  code: string;
  detail: string;
}

export interface Previewed {
  session: Session | null;
  /** It shows an earlier text: the present one is wrong, or not looked at yet. */
  stale: boolean;
  warnings: Odd[];
  problem: Problem | null;
}

const fetchPreview = (text: string, signal: AbortSignal) =>
  taken(api.POST("/api/sessions/preview", { body: JSON.parse(text) as CreateBody, signal }));

export function usePreview(kind: string, parsed: Parsed): Previewed {
  const text = "body" in parsed ? JSON.stringify(parsed.body) : null;
  const [settled, settle] = useState({ kind, text });
  const last = useRef<{ kind: string; session: Session } | null>(null);
  useEffect(() => {
    // Another kind was chosen, not typed.
    if (settled.kind !== kind) return settle({ kind, text });
    const timer = setTimeout(() => settle({ kind, text }), PAUSE);
    return () => clearTimeout(timer);
  }, [kind, text, settled.kind]);

  const query = useQuery({
    queryKey: ["preview", language(), settled.text],
    queryFn: ({ signal }) => fetchPreview(settled.text ?? "", signal),
    enabled: settled.text !== null,
    gcTime: 60_000,
  });
  if (query.data) last.current = { kind: settled.kind, session: query.data.session as Session };
  const current = settled.kind === kind && settled.text === text;
  const waiting = query.isPending && settled.text !== null;
  return {
    // While the first answer on another kind is awaited, the former stays: nothing jumps.
    session: last.current && (last.current.kind === kind || waiting || settled.kind !== kind) ? last.current.session : null,
    stale: text === null || (current && query.isError),
    warnings: current ? ((query.data?.warnings ?? []) as Odd[]) : [],
    problem: current && query.isError ? asProblem(query.error) : null,
  };
}
