import "./seal.css";

/** The one decorated moment: a person decided. `fresh` lets it land. */
export function Seal({ word, tone, fresh }: { word: string; tone: "jade" | "cinnabar" | "indigo"; fresh?: boolean }) {
  return (
    <span className={`seal ${tone} ${fresh ? "fresh" : ""}`}>
      <span>{word}</span>
    </span>
  );
}
