import { useState } from "react";
import { useWords } from "../../language";
import { IconButton } from "../../ui/Button";
import { COMMENT } from "../../ui/strokes";
import Changes from "../../ui/Changes";
import { Json } from "../../ui/Json";
import { Plain } from "../../ui/Plain";
import type { Line, Step } from "./plan";
import { Reworded } from "./Reworded";

interface Props {
  lines: readonly Line[];
  comments: Record<string, string>;
  /** Absent: only to be read. */
  remark?: (index: number, text: string) => void;
  frozen: boolean;
}

interface EntryProps {
  line: Line;
  comment: string;
  remark?: (text: string) => void;
  frozen: boolean;
}

const pretty = (value: unknown) => JSON.stringify(value, null, 2);

/** What kind of step, and what it waits for; struck through what no longer holds. */
function Facts({ step, was, mark }: Pick<Line, "step" | "was" | "mark">) {
  const say = useWords();
  const after = (each: Step) => (each.after.length ? say("plan-after", { steps: each.after.join(", ") }) : "");
  return (
    <p className="step-facts small quiet">
      {mark !== "same" && <span className={`step-mark ${mark}`}>{say(`plan-${mark}`)}</span>}
      {was?.type && was.type !== step.type && <del><Plain text={was.type} /></del>}
      {step.type && <span className="tag plain"><Plain text={step.type} /></span>}
      {was && after(was) !== after(step) && after(was) && <del><Plain text={after(was)} /></del>}
      {after(step) && <span><Plain text={after(step)} /></span>}
    </p>
  );
}

function Rest({ step, was }: Pick<Line, "step" | "was">) {
  if (was && pretty(was.rest) !== pretty(step.rest)) return <Changes before={pretty(was.rest)} after={pretty(step.rest)} />;
  return Object.keys(step.rest).length ? <Json value={step.rest} open={1} /> : null;
}

function Entry({ line, comment, remark, frozen }: EntryProps) {
  const say = useWords();
  const [writing, write] = useState(false);
  const shown = writing || comment !== "";
  const { step, was, mark, index } = line;
  const goal = mark === "gone" ? <del><Plain text={step.goal} /></del> : was && was.goal !== step.goal ? <Reworded before={was.goal} after={step.goal} /> : <Plain text={step.goal} />;
  const n = (index ?? 0) + 1;
  return (
    <li className={`step ${mark}`}>
      <span className="step-number ticks">{index === null ? "−" : n}</span>
      <div className="step-text">
        <p>{goal}</p>
        <Facts step={step} was={was} mark={mark} />
        {mark !== "gone" && <Rest step={step} was={was} />}
        {shown && !remark && <p className="record-comment small"><Plain text={comment} /></p>}
        {shown && remark && (
          <textarea rows={1} autoFocus={writing && !comment} value={comment} disabled={frozen} aria-label={say("plan-remark", { n })} placeholder={say("plan-remark", { n })} onChange={(event) => remark(event.target.value)} onBlur={() => comment || write(false)} />
        )}
      </div>
      {remark && !shown && !frozen && <IconButton icon={COMMENT} label={say("plan-remark", { n })} onClick={() => write(true)} />}
    </li>
  );
}

/** The plan, numbered, with what each step waits for, what changed since the last attempt, and room for a remark at each. */
export function Steps({ lines, comments, remark, frozen }: Props) {
  return (
    <ol className="steps">
      {lines.map((line, at) => {
        const { index } = line;
        return <Entry key={index ?? `gone ${at}`} line={line} comment={index === null ? "" : (comments[index] ?? "")} frozen={frozen} {...(remark && index !== null ? { remark: (text: string) => remark(index, text) } : {})} />;
      })}
    </ol>
  );
}
