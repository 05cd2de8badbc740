//! Telling somebody who looks elsewhere: the title, the sign in the tab, then a notification. Invariant: never about what
//! one is looking at. Neighbours: `permission.ts` asks for leave.
import { useEffect } from "react";
import { inLanguage } from "./language/text";
import { words } from "./language";
import { revealed } from "./hostile";
import { isOpen } from "./api/types";
import { onChange } from "./feed";
import { isForMe } from "./me";
import { ability } from "./permission";
import { preferences } from "./preferences";
import { useCounts } from "./routes/inbox/useInbox";

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
