//! Text of others may try to look like something else. Job: say where, so that the page can show it.

/** Characters that change how text looks without being seen. */
const HIDDEN =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e\u2060-\u206f\u2800\u3164\ufeff\uffa0\ufff9-\ufffb\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/u;
const PICTURE = /\p{Extended_Pictographic}|\ufe0f|[\u{1f3fb}-\u{1f3ff}]/u;
const PADDING = /[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 \t]{6,}/u;

export interface Piece {
  text: string;
  /** `hidden`: a stand-in for what cannot be seen. `mixed`: a word of several look-alike scripts. */
  kind: "plain" | "hidden" | "mixed";
  why?: string;
}

const name = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;

/** Splits text where something would otherwise be overlooked. */
export function pieces(text: string): Piece[] {
  const found: Piece[] = [];
  const characters = [...text];
  let run = "";
  const flush = () => {
    if (run) found.push(...words(run));
    run = "";
  };
  characters.forEach((character, index) => {
    const joinsPictures =
      character === "\u200d" && PICTURE.test(characters[index - 1] ?? "") && PICTURE.test(characters[index + 1] ?? "");
    if (HIDDEN.test(character) && !joinsPictures) {
      flush();
      const last = found.at(-1);
      if (last?.kind === "hidden" && last.why === name(character)) {
        const times = Number(/×(\d+)$/.exec(last.text)?.[1] ?? 1) + 1;
        last.text = `${name(character)}×${times}`;
      } else found.push({ text: name(character), kind: "hidden", why: name(character) });
    } else run += character;
  });
  flush();
  return found;
}

function words(run: string): Piece[] {
  const found: Piece[] = [];
  for (const part of run.split(/([\p{L}\p{M}\p{N}_]+|[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000 \t]{6,})/u)) {
    if (!part) continue;
    if (PADDING.test(part)) {
      found.push({ text: `␣×${[...part].length}`, kind: "hidden", why: "padding" });
      continue;
    }
    const kind = mixesScripts(part) ? "mixed" : "plain";
    const last = found.at(-1);
    if (last?.kind === "plain" && kind === "plain") last.text += part;
    else found.push({ text: part, kind });
  }
  return found;
}

/** Latin beside Cyrillic or Greek within one word is how a name is forged. */
export function mixesScripts(word: string): boolean {
  const latin = /\p{Script=Latin}/u.test(word);
  return (latin && /[\p{Script=Cyrillic}\p{Script=Greek}\p{Script=Armenian}\p{Script=Cherokee}]/u.test(word)) ||
    (/\p{Script=Cyrillic}/u.test(word) && /\p{Script=Greek}/u.test(word));
}

/** The same as a string, for places that take no markup: names, titles of windows. */
export function revealed(text: string): string {
  if (!HIDDEN.test(text) && !PADDING.test(text)) return text;
  return pieces(text).map((piece) => (piece.kind === "hidden" ? `⟨${piece.text}⟩` : piece.text)).join("");
}

/** In markup that the server made safe: hidden characters become visible text, tags stay as they are. */
export function revealedMarkup(html: string): string {
  return html.replace(new RegExp(HIDDEN.source, "gu"), (character) => `⟨${name(character)}⟩`);
}
