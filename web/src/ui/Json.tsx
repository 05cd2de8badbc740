//! Data of others, as a tree that opens where one looks. Neighbours: `Plain` shows what hides in its texts.
import { useState } from "react";
import { Exact } from "../api/exact";
import { useWords } from "../language";
import { Plain } from "./Plain";
import "./json.css";

const FEW = 200;

function Leaf({ value }: { value: unknown }) {
  if (typeof value === "string") return <span className="json-text"><Plain text={value || "“”"} /></span>;
  return <span className="json-atom">{String(value)}</span>;
}

const isLeaf = (value: unknown): value is string | number | boolean | null | undefined | Exact =>
  value === null || typeof value !== "object" || value instanceof Exact;

function Node({ name, value, open }: { name: string | number; value: unknown; open: number }) {
  const say = useWords();
  const [all, setAll] = useState(false);
  if (isLeaf(value)) {
    return <li><span className="json-key"><Plain text={String(name)} /></span><Leaf value={value} /></li>;
  }
  const entries = Object.entries(value);
  const shown = all ? entries : entries.slice(0, FEW);
  return (
    <li>
      <details open={open > 0}>
        <summary>
          <span className="json-key"><Plain text={String(name)} /></span>
          <span className="quiet">{Array.isArray(value) ? `[${entries.length}]` : `{${entries.length}}`}</span>
        </summary>
        <ul>
          {shown.map(([key, each]) => <Node key={key} name={key} value={each} open={open - 1} />)}
          {shown.length < entries.length && (
            <li><button type="button" className="link" onClick={() => setAll(true)}>{say("json-all", { count: entries.length })}</button></li>
          )}
        </ul>
      </details>
    </li>
  );
}

/** `open` levels are unfolded from the start. */
export function Json({ value, open = 2 }: { value: unknown; open?: number }) {
  if (isLeaf(value)) return <p className="json"><Leaf value={value} /></p>;
  return (
    <ul className="json">
      {Object.entries(value).map(([key, each]) => <Node key={key} name={key} value={each} open={open - 1} />)}
    </ul>
  );
}
