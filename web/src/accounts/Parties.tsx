//! Whom a request concerns, and how to change that.
import { claim } from "../api/sessions";
import { isOpen, type Session } from "../api/types";
import { useWords, type Words } from "../language";
import { useIdentity } from "../me";
import { Plain } from "../ui/Plain";
import { hand, type Handing } from "./handing";

/** Names of people and groups in one line. */
export function namesOf(say: Words, subjects: readonly string[]): string {
  return subjects.map((each) => (each.startsWith("group:") ? say("group", { name: each.slice(6) }) : each)).join(say("and"));
}

/** Everybody who is named beside the requester. */
export function Parties({ session }: { session: Session }) {
  const say = useWords();
  const { assignee, candidates, watchers, on_behalf_of: behalf } = session;
  const asked = [...(assignee ? [assignee] : []), ...(candidates ?? []).filter((each) => each !== assignee)];
  const lines = [
    ...(behalf && behalf !== session.requester ? [say("behalf", { name: behalf })] : []),
    ...(asked.length ? [say("asked", { names: namesOf(say, asked) })] : []),
    ...(watchers?.length ? [say("watched", { names: namesOf(say, watchers) })] : []),
  ];
  return <>{lines.map((line) => <span key={line} className="party"><Plain text={line} /></span>)}</>;
}

const ITEMS: { what: Handing; right: "assign" | "delegate" | "invite" }[] = [
  { what: "delegate", right: "delegate" },
  { what: "assign", right: "assign" },
  { what: "candidates", right: "assign" },
  { what: "invite", right: "invite" },
];

/** What ⋯ offers of it. */
export function HandingItems({ session, close, run }: { session: Session; close: () => void; run: (act: Promise<unknown>) => void }) {
  const say = useWords();
  const { me, auth } = useIdentity();
  if (!isOpen(session) || me?.kind !== "user") return null;
  const others = session.claimed_by && session.claimed_by !== me.login;
  return (
    <>
      {others && session.may?.respond && (
        <button type="button" onClick={() => run(claim(session.session_id, me.login ?? "", true))}>{say("take-over", { name: session.claimed_by ?? "" })}</button>
      )}
      {ITEMS.filter(({ what, right }) => session.may?.[right] && (what !== "invite" || auth?.guest_links !== false)).map(({ what }) => (
        <button key={what} type="button" onClick={() => (close(), hand({ what, id: session.session_id }))}>{say(`hand-${what}`)}</button>
      ))}
    </>
  );
}
