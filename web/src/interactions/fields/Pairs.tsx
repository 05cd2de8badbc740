import { Plain } from "../../ui/Plain";

const shown = (value: unknown): string =>
  Array.isArray(value) ? value.map(shown).join(", ") : typeof value === "object" && value !== null ? JSON.stringify(value) : value === null || value === undefined ? "–" : String(value);

/** An answer as names and values. */
export function Pairs({ pairs }: { pairs: [string, unknown][] }) {
  return (
    <dl className="pairs answer-pairs">
      {pairs.map(([name, value]) => (
        <div key={name}><dt><Plain text={name} /></dt><dd><Plain text={shown(value)} /></dd></div>
      ))}
    </dl>
  );
}
