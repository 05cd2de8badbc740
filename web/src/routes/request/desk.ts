//! The state of deciding on one request: what was typed, whether one may still answer, and what became of trying.
//! Invariant: a failed attempt loses nothing that was typed, and nothing is sent that was not pressed.
import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "../../api/problem";
import { queries, respond } from "../../api/sessions";
import { isOpen, type Issue, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { now } from "../../clock";
import { dropDraft, readDraft, writeDraft } from "../../drafts";
import type { Choice, Collect, Kind } from "../../interactions/kind";
import { identity } from "../../me";
import { prefer, usePreferences } from "../../preferences";

export interface Desk {
  /** The draft has been looked for; before that a body would overwrite it. */
  ready: boolean;
  value: unknown;
  comment: string;
  change: (value: unknown) => void;
  remark: (comment: string) => void;
  /** Something was typed here and not sent. */
  typed: boolean;
  sending: boolean;
  problem: Problem | null;
  issues: readonly Issue[];
  /** The choice that waits for the typed word of a risky answer. */
  checking: Choice | null;
  /** The choice whose body wants something first. */
  wanted: string | null;
  /** Answered from here, just now. */
  fresh: boolean;
  press: (choice: Choice, checked?: boolean) => Promise<void>;
  uncheck: () => void;
  onCollect: (collect: Collect) => void;
  again: () => void;
}

export function useDesk(session: Session, kind: Kind): Desk {
  const { session_id: id, content_hash: hash } = session;
  const me = usePreferences().name;
  const [value, setValue] = useState<unknown>(undefined);
  const [comment, setComment] = useState("");
  const [ready, setReady] = useState(false);
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const [checking, setChecking] = useState<Choice | null>(null);
  const [wanted, setWanted] = useState<string | null>(null);
  const [fresh, setFresh] = useState(false);
  const collect = useRef<Collect>(() => null);
  const last = useRef<Choice | null>(null);
  const draft = useRef({ value: undefined as unknown, comment: "" });

  useEffect(() => {
    let current = true;
    void readDraft(id, hash).then((kept) => {
      if (!current) return;
      if (kept) {
        draft.current = { value: kept.value, comment: kept.comment };
        setValue(kept.value);
        setComment(kept.comment);
      }
      setReady(true);
    });
    return () => {
      current = false;
    };
  }, [id, hash]);

  const save = useCallback(
    (change: Partial<typeof draft.current>) => {
      draft.current = { ...draft.current, ...change };
      writeDraft(id, hash, { ...draft.current, savedAt: Date.now() });
    },
    [id, hash],
  );
  const change = useCallback((next: unknown) => (setValue(next), save({ value: next })), [save]);
  const remark = useCallback((next: string) => (setComment(next), save({ comment: next })), [save]);

  async function press(choice: Choice, checked = false): Promise<void> {
    if (sending || choice.blocked || !isOpen(session) || Date.parse(session.expires_at) <= now()) return;
    const response = choice.collects ? await collect.current(choice.id) : kind.replyTo?.(session, choice.id);
    if (response == null) return setWanted(choice.id);
    setWanted(null);
    if (choice.positive && session.risk === "high" && !checked) return setChecking(choice);
    last.current = choice;
    setSending(true);
    setProblem(null);
    try {
      const assertion = session.step_up ? await identity().part?.assertion(id, response, hash) : undefined;
      const done = await respond(id, { response, comment: draft.current.comment, user_id: me, content_hash: hash, ...(assertion ? { assertion } : {}) });
      setFresh(true);
      setChecking(null);
      dropDraft(id, hash);
      prefer({ answeredOnce: true });
      learn(done, "answered");
    } catch (error) {
      const found = asProblem(error);
      setProblem(found);
      if (!found.unreachable && found.status !== 422) setChecking(null);
      // Whatever the server refuses, it knows better than we do how things stand.
      if (!found.unreachable) void queries.invalidateQueries({ queryKey: ["session", id] });
    } finally {
      setSending(false);
    }
  }

  return {
    ready, value, comment, change, remark,
    typed: !empty(value) || comment.trim() !== "",
    sending, problem, checking, wanted, fresh, press,
    issues: problem?.status === 422 ? problem.issues : NONE,
    uncheck: () => setChecking(null),
    onCollect: useCallback((given: Collect) => (collect.current = given), []),
    again: () => last.current && void press(last.current, true),
  };
}

const NONE: readonly Issue[] = [];

function empty(value: unknown): boolean {
  if (value == null || value === "") return true;
  if (Array.isArray(value)) return value.length === 0;
  return typeof value === "object" && Object.values(value).every(empty);
}
