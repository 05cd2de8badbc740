import "./tag.css";

/** The first letter of a name; a made-up name is told by its digits. */
export function Avatar({ name, own }: { name: string; own?: boolean }) {
  const letters = /-([0-9a-f]{2})[0-9a-f]{2}$/.exec(name)?.[1] ?? [...name.trim()][0] ?? "?";
  return <span className={`avatar ${own ? "own" : ""}`} aria-hidden="true">{letters}</span>;
}
