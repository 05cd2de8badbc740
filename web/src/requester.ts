import type { Session } from "./api/types";

/** Who asked, as far as it is known: the account and its token. Before accounts it is what they call themselves. */
export function requesterOf(session: Session): string | null {
  if (session.requester && session.requester !== "local") {
    return session.requester_token ? `${session.requester} · ${session.requester_token}` : session.requester;
  }
  return claimedName(session);
}

/** What the requester calls itself. */
export function claimedName(session: Session): string | null {
  const metadata = session.metadata as Record<string, unknown> | null | undefined;
  for (const key of ["requester", "agent", "source"]) {
    const claimed = metadata?.[key];
    if (typeof claimed === "string" && claimed.trim()) return claimed.slice(0, 80);
  }
  return null;
}
