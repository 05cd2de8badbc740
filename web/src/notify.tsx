//! Telling somebody who looks elsewhere: the title, the sign in the tab, then a notification. Invariant: never about what
//! one is looking at, and permission is asked only from a button.
import { useEffect, useState } from "react";
import { inLanguage } from "./language/text";
import { words, useWords } from "./language";
import { revealed } from "./hostile";
import { isOpen } from "./api/types";
import { onChange } from "./feed";
import { isForMe } from "./me";
import { preferences, prefer } from "./preferences";
import { Button } from "./ui/Button";
import { useCounts } from "./routes/inbox/useInbox";

export type Ability = "granted" | "default" | "denied" | "insecure" | "absent";

export function ability(): Ability {
  // Plain http on a network has no notifications at all; say so instead of failing silently.
  if (!window.isSecureContext) return "insecure";
  return "Notification" in window ? Notification.permission : "absent";
}

export async function askPermission(): Promise<Ability> {
  if (ability() === "default") await Notification.requestPermission();
  prefer({ notifications: ability() === "granted" });
  return ability();
}

/** Offered once, after the first answer. */
export function NotifyOffer() {
  const say = useWords();
  const [state, settle] = useState<Ability | "later">(ability);
  if (state !== "default" || preferences().notifications) return null;
  return <Button small tone="plain" icon="bell" onClick={() => void askPermission().then(settle)}>{say("notify-offer")}</Button>;
}

let waiting = 0;

/** Title and sign of the tab follow what waits. */
export function TabSign({ title }: { title: string }) {
  const { mine } = useCounts();
  useEffect(() => {
    document.title = `${mine ? `(${mine}) ` : ""}${title ? `${revealed(title)} · ` : ""}Askwell`;
  }, [mine, title]);
  useEffect(() => {
    const sign = document.getElementById("favicon") as HTMLLinkElement | null;
    if (sign && waiting !== mine) sign.href = mine ? "/favicon-waiting.svg" : "/favicon.svg";
    waiting = mine;
  }, [mine]);
  return null;
}

function chime(): void {
  const context = new AudioContext();
  const tone = context.createOscillator();
  const volume = context.createGain();
  tone.frequency.value = 660;
  volume.gain.setValueAtTime(0.0001, context.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.08, context.currentTime + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + 0.35);
  tone.connect(volume).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + 0.4);
}

export function startNotifying(open: (id: string) => void): void {
  const shown = new Map<string, Notification>();
  onChange(({ type, session }) => {
    const id = session.session_id;
    // Somebody answered it: it no longer asks for anybody.
    if (!isOpen(session)) {
      shown.get(id)?.close();
      shown.delete(id);
      return;
    }
    if (type !== "opened" || !isForMe(session)) return;
    if (preferences().sound === "soft" && session.risk === "high") chime();
    const looking = !document.hidden && document.hasFocus();
    if (looking || !preferences().notifications || ability() !== "granted") return;
    const notification = new Notification(revealed(inLanguage(session.interaction_data.title)), {
      tag: id,
      body: words()(`kind-${session.interaction_data.interaction_type}`),
      icon: "/favicon.svg",
    });
    notification.onclick = () => {
      window.focus();
      open(id);
      notification.close();
    };
    shown.set(id, notification);
  });
}
