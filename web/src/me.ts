//! Who uses this page. Job: ask the server, keep the answer, and fetch the part of the page that accounts need. Invariants:
//! without accounts there is no such part and the page is as if there were none; whoever comes after somebody else finds
//! nothing of theirs in memory. Neighbours: `accounts/` is that part, `preferences.ts` has the made-up name.
import { useSyncExternalStore } from "react";
import type { Identity, Known as Told, Me } from "./api/accounts";
import { queries } from "./api/sessions";
import type { Session } from "./api/types";
import { onLost, startFeed, stopFeed } from "./feed";
import { moreWords } from "./language";
import { actAs } from "./preferences";

export interface Known {
  me: Me | null;
  auth: Identity["auth"] | null;
  /** What the page has for accounts; null without them. */
  part: typeof import("./accounts") | null;
}

/** Other tabs of this browser are signed in and out with this one. */
const tabs = typeof BroadcastChannel === "undefined" ? undefined : new BroadcastChannel("askwell.me");

let known: Known = { me: null, auth: null, part: null };
const listeners = new Set<() => void>();

/** The name under which one's acts are recorded. */
const idOf = (me: Me | null): string | null =>
  me && me.kind !== "local" ? (me.kind === "guest" ? `guest:${me.name?.replace(/^guest:/, "") ?? ""}` : (me.login ?? null)) : null;

/** Takes over what the server says of us. */
export async function know({ me, auth }: Identity): Promise<void> {
  const part = auth.enabled ? (known.part ?? (await Promise.all([import("./accounts"), moreWords("accounts")]))[0]) : null;
  const before = idOf(known.me);
  // A guest's link ends with the request; its record may still be read.
  if (!me && known.me?.kind === "guest") me = { ...known.me, ended: true };
  const changed = known.auth !== null && idOf(me) !== before;
  known = { me, auth, part };
  actAs(idOf(me));
  if (changed) {
    tabs?.postMessage(null);
    stopFeed();
    queries.clear();
  }
  if (me || !part) startFeed();
  for (const listener of listeners) listener();
}

/** Asks who we are. What cannot be reached changes nothing. */
export async function whoAmI(): Promise<void> {
  try {
    const answer = await fetch("/api/me");
    if (answer.ok) {
      const { me = null, auth } = (await answer.json()) as Told;
      return await know({ me, auth });
    }
  } catch {
    // The bar at the top says it.
  }
  if (!known.part) startFeed();
}

export const identity = (): Known => known;

export const useIdentity = (): Known =>
  useSyncExternalStore((listener) => (listeners.add(listener), () => listeners.delete(listener)), identity);

/** Whether a request waits for whoever looks. Without accounts all do. */
export const isForMe = (session: Session): boolean => known.part?.isForMe(session) ?? true;

tabs?.addEventListener("message", () => void (known.part && whoAmI()));

/** The line may have been cut because one is signed out. */
onLost(() => void (known.part && whoAmI()));
