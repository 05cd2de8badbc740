//! Differences, line by line, each with its sign: colour alone says nothing.
import { diffLines } from "diff";
import { useWords } from "../language";
import { Plain } from "./Plain";
import "./changes.css";

interface Line {
  sign: "+" | "-" | " " | "@";
  text: string;
}

type Props = { patch: string } | { before: string; after: string };

const CONTEXT = 3;

export function linesOf(given: Props): Line[] {
  if ("patch" in given) {
    return given.patch.replace(/\n$/, "").split("\n").map((line) => {
      if (/^(@@|diff |index |\+\+\+ |--- )/.test(line)) return { sign: "@", text: line };
      const sign = line[0] === "+" || line[0] === "-" ? line[0] : " ";
      return { sign, text: sign === " " ? line.replace(/^ /, "") : line.slice(1) };
    });
  }
  return diffLines(given.before, given.after).flatMap((part) =>
    part.value.replace(/\n$/, "").split("\n").map((text): Line => ({ sign: part.added ? "+" : part.removed ? "-" : " ", text })),
  );
}

/** Leaves out what is far from any change. */
export function near(lines: Line[]): (Line | null)[] {
  const kept = lines.map((_, index) => lines.slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1).some((each) => each.sign !== " "));
  return lines.flatMap((line, index) => (kept[index] ? [line] : index === 0 || kept[index - 1] ? [null] : []));
}

export default function Changes(props: Props) {
  const say = useWords();
  const lines = "patch" in props ? linesOf(props) : near(linesOf(props));
  if (lines.every((line) => line === null)) return <p className="quiet small">{say("changes-none")}</p>;
  return (
    <pre className="changes" tabIndex={0}>
      {lines.map((line, index) =>
        line === null ? (
          <span key={index} className="change gap">⋯</span>
        ) : line.sign === "+" ? (
          <ins key={index} className="change"><i>+</i><span><Plain text={line.text} /></span></ins>
        ) : line.sign === "-" ? (
          <del key={index} className="change"><i>−</i><span><Plain text={line.text} /></span></del>
        ) : (
          <span key={index} className={`change ${line.sign === "@" ? "gap" : ""}`}><i> </i><span><Plain text={line.text} /></span></span>
        ),
      )}
    </pre>
  );
}
