import { diffWords } from "diff";
import { useMemo } from "react";
import { language } from "../../language/choice";
import { Plain } from "../../ui/Plain";

/** With less in common than this, two sentences are easier to read apart. */
const ALIKE = 0.35;

/** A sentence with what was taken out and what came in, in place; one below the other where little is left of it. */
export function Reworded({ before, after }: { before: string; after: string }) {
  const parts = useMemo(() => diffWords(before, after, { intlSegmenter: new Intl.Segmenter(language(), { granularity: "word" }) }), [before, after]);
  const kept = parts.reduce((sum, part) => sum + (part.added || part.removed ? 0 : part.value.length), 0);
  if (kept < ALIKE * Math.max(before.length, after.length)) {
    return <><ins><Plain text={after} /></ins><br /><del><Plain text={before} /></del></>;
  }
  return parts.map((part, index) => {
    const text = <Plain text={part.value} />;
    return part.added ? <ins key={index}>{text}</ins> : part.removed ? <del key={index}>{text}</del> : <span key={index}>{text}</span>;
  });
}
