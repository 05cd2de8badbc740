//! The attempt before this one: what was asked to change, and what did change.
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { sessionOf } from "../../api/sessions";
import type { Session } from "../../api/types";
import { useWords } from "../../language";
import Changes from "../../ui/Changes";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { besides, planOf } from "./plan";

export function usePrevious(session: Session): Session | undefined {
  const attempts = [...(session.attempts ?? [])].sort((a, b) => (a.attempt ?? 0) - (b.attempt ?? 0));
  const own = attempts.findIndex((each) => each.session_id === session.session_id);
  const before = own > 0 ? attempts[own - 1]?.session_id : undefined;
  return useQuery({ ...sessionOf(before ?? ""), enabled: !!before }).data;
}

interface Sent {
  modification_instructions?: string;
}

export function Before({ session, previous }: { session: Session; previous: Session }) {
  const say = useWords();
  const sent = previous.response?.response_data as Sent | undefined;
  const data = session.interaction_data.data_for_review;
  const then = previous.interaction_data.data_for_review;
  // A plan has its changes marked in itself; what stands beside it, or has no plan, is compared here.
  const [now, old] = [planOf(data), planOf(then)];
  const pretty = (value: unknown) => JSON.stringify(value ?? null, null, 2);
  const sides = now && old ? { before: pretty(besides(then, old)), after: pretty(besides(data, now)) } : { before: pretty(then), after: pretty(data) };
  const n = previous.interaction_data.attempt ?? 1;
  return (
    <section className="part before">
      <h2 className="label"><Link href={`/r/${previous.session_id}`}>{say("review-since", { n })}</Link></h2>
      {sent?.modification_instructions && (
        <blockquote className="asked">
          <p><Plain text={sent.modification_instructions} /></p>
          <footer className="small quiet"><Plain text={say("review-asked", { name: previous.response?.user_id ?? "" })} /> · <When at={previous.response?.submitted_at ?? previous.updated_at} /></footer>
        </blockquote>
      )}
      {(sides.before !== sides.after || !now || !old) && <Changes {...sides} />}
    </section>
  );
}
