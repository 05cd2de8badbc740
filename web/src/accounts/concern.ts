//! Whom a request concerns, as far as a list can know it; the server decides, and says so where one request is read.
import type { May } from "../api/accounts";
import type { Session } from "../api/types";
import { identity, type Known } from "../me";

type Who = Pick<Known, "me" | "auth">;

export const askedBy = (session: Session, login: string | null | undefined): boolean =>
  !!login && (session.requester === login || session.on_behalf_of === login);

/** Whether one is among those who are asked. Nobody named: everybody is. */
export function isNamed(session: Session, { me }: Who): boolean {
  const candidates = session.candidates ?? [];
  if (!session.assignee && !candidates.length) return true;
  if (!me) return false;
  const own = [me.login, ...me.groups.map((group) => `group:${group}`)];
  return session.assignee === me.login || candidates.some((each) => own.includes(each));
}

/** Whether it waits for the person who looks. */
export function isForMe(session: Session, who: Who = identity()): boolean {
  if (who.me?.kind === "guest") return session.session_id === who.me.session_id;
  return isNamed(session, who) && (who.auth?.requester_may_answer === true || !askedBy(session, who.me?.login));
}

/** The server's word where there is one, a guess until it comes. */
export const mayOf = (session: Session, what: keyof May): boolean =>
  session.may?.[what] ?? (what === "respond" ? isForMe(session) : false);
