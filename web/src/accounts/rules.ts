//! What names and passwords must be, so that one is told before sending; the server has the last word.

export const LONG_ENOUGH = 12;

export const isLogin = (text: string): boolean => /^[a-z0-9][a-z0-9._@-]{0,63}$/.test(text);

/** A login made of what somebody typed. */
export const asLogin = (text: string): string => text.trim().toLowerCase();

export const isGroup = (text: string): boolean => /^[^\s:,]{1,64}$/u.test(text);

const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";

/** A password of 100 bits in groups that can be read out, from chance that is given. */
export function passwordFrom(chance: (bytes: Uint8Array<ArrayBuffer>) => Uint8Array): string {
  // Thirty-two letters: five bits of each byte are used, so none is likelier than another.
  const letters = [...chance(new Uint8Array(20))].map((byte) => LETTERS[byte & 31] ?? "");
  return [0, 5, 10, 15].map((from) => letters.slice(from, from + 5).join("")).join("-");
}
