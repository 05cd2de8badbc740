import type { Words } from "./index";
import { language } from "./choice";

/** Minutes and seconds while they matter, words above an hour. */
export function spelled(say: Words, left: number): string {
  const seconds = Math.max(0, Math.ceil(left / 1000));
  if (seconds < 3600) return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return say("duration-hours", { hours, minutes: minutes % 60 });
  return say("duration-days", { days: Math.floor(hours / 24), hours: hours % 24 });
}

/** How long something took. */
export function took(say: Words, elapsed: number): string {
  const seconds = Math.max(0, Math.round(elapsed / 1000));
  if (seconds < 60) return say("duration-seconds", { seconds });
  return seconds < 3600 ? say("duration-minutes", { minutes: Math.round(seconds / 60) }) : spelled(say, elapsed);
}

const formats = new Map<string, Intl.DateTimeFormat>();

function format(name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language()} ${name}`;
  let found = formats.get(key);
  if (!found) formats.set(key, (found = new Intl.DateTimeFormat(language(), options)));
  return found;
}

const sameDay = (a: Date, b: Date) => a.toDateString() === b.toDateString();

/** The hour today, the day otherwise. */
export function moment(iso: string, present = new Date()): string {
  const at = new Date(iso);
  if (sameDay(at, present)) return format("hour", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
  return format("day", { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

export const exact = (iso: string): string =>
  format("exact", { dateStyle: "long", timeStyle: "long" }).format(new Date(iso));

export function bytes(size: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = size < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(size) / 10));
  const value = size / 1024 ** power;
  return `${new Intl.NumberFormat(language(), { maximumFractionDigits: power && value < 10 ? 1 : 0 }).format(value)} ${units[power]}`;
}
