//! How many are selected, and one answer for all of them; or why they must be answered one by one.
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { useRoute } from "wouter";
import { asProblem, type Problem } from "../../api/problem";
import { queries, respondMany } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { dropDraft } from "../../drafts";
import { useWords } from "../../language";
import { usePreferences } from "../../preferences";
import { Button } from "../../ui/Button";
import { Plain } from "../../ui/Plain";
import { useOrder } from "./neighbours";
import { settle, unpick, usePicked } from "./picked";
import { together, type Verb } from "./together";
import { useOpenSessions } from "./useInbox";
import "./bulk.css";

export default function BulkBar() {
  const say = useWords();
  const me = usePreferences().name;
  const { ids, told } = usePicked();
  const { sessions } = useOpenSessions();
  const shown = useOrder();
  const [reading] = useRoute("/r/:id");
  const [sending, setSending] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const place = useRef<HTMLElement>(null);
  const picked = [...ids].flatMap((id) => sessions.get(id) ?? []);
  const open = picked.filter(isOpen);
  const hidden = open.filter((each) => !shown.includes(each.session_id)).length;
  const found = together(open, me, say);

  // The pressed button is gone; whoever came by keyboard goes on from here.
  useEffect(() => {
    if (told) place.current?.focus();
  }, [told]);
  useEffect(() => setProblem(null), [ids]);

  const press = async (verb: Verb) => {
    if (sending) return;
    setSending(true);
    setProblem(null);
    try {
      const results = await respondMany(open.map((each) => ({ session_id: each.session_id, content_hash: each.content_hash, response: verb.response, user_id: me })));
      for (const { session } of results) {
        if (!session) continue;
        dropDraft(session.session_id, session.content_hash);
        learn(session as Session, "answered");
      }
      settle(results.map((each) => ({ id: each.session_id, fault: each.success ? null : (each.detail ?? String(each.code)) })));
      // Whatever was refused, the server knows better how it stands.
      if (results.some((each) => !each.success)) void queries.invalidateQueries({ queryKey: ["sessions"] });
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setSending(false);
    }
  };
  // Enter alone never answers, here neither; nor may the key of the request beside it answer that one.
  const onKeyDown = (event: KeyboardEvent, verb: Verb) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) void press(verb);
  };

  return (
    <section className="bulk" aria-label={say("bulk")} ref={place} tabIndex={-1}>
      <div className="bulk-line">
        <p role="status">
          {told && <strong>{say("bulk-told", told)} </strong>}
          {ids.size > 0 ? <span className="ticks">{say("bulk-count", { count: ids.size })}</span> : !told && <span className="quiet">{say("bulk-begin")}</span>}
          {hidden > 0 && <span className="quiet"> {say("bulk-hidden", { count: hidden })}</span>}
        </p>
        <Button small tone="plain" onClick={unpick}>{say(ids.size ? "bulk-clear" : "close")}</Button>
      </div>
      {ids.size > 0 && ("why" in found ? (
        <p className="small quiet">{say(found.why, { count: found.count })}</p>
      ) : (
        <div className="bulk-verbs">
          {found.verbs.map((verb) => (
            // The request that is read has the one solid button.
            <Button key={verb.id} tone={reading && verb.tone === "solid" ? "outline" : verb.tone} aria-busy={sending || undefined} disabled={sending} onClick={() => void press(verb)} onKeyDown={(event) => onKeyDown(event, verb)}>
              <Plain text={say("bulk-verb", { verb: verb.label, count: open.length })} />
            </Button>
          ))}
        </div>
      ))}
      {problem && (
        <p className="field-error" role="alert">
          {problem.unreachable ? say("stopped-unsent") : <Plain text={[problem.message, ...problem.issues.slice(0, 2).map((each) => each.detail)].join(" ")} />}
        </p>
      )}
    </section>
  );
}
