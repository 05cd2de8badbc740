//! Whether this browser may notify. Permission is asked only from a button.
import { prefer } from "./preferences";

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
