import { useState } from "react";
import { useWords } from "../../language";
import { IconButton } from "../../ui/Button";
import { Json } from "../../ui/Json";
import { Plain } from "../../ui/Plain";
import type { Plan, Step } from "./plan";

interface Props {
  plan: Plan;
  changed: ReadonlySet<number>;
  comments: Record<string, string>;
  /** Absent: only to be read. */
  remark?: (index: number, text: string) => void;
  frozen: boolean;
}

function Line({ step, index, fresh, comment, remark, frozen }: { step: Step; index: number; fresh: boolean; comment: string; remark?: (text: string) => void; frozen: boolean }) {
  const say = useWords();
  const [writing, write] = useState(false);
  const shown = writing || comment !== "";
  return (
    <li className="step">
      <span className="step-number ticks">{index + 1}</span>
      <div className="step-text">
        <p><Plain text={step.goal} /></p>
        <p className="step-facts small quiet">
          {step.type && <span className="tag plain"><Plain text={step.type} /></span>}
          {step.after.length > 0 && <span>{say("plan-after", { steps: step.after.join(", ") })}</span>}
          {fresh && <span className="step-new">{say("plan-changed")}</span>}
        </p>
        {Object.keys(step.rest).length > 0 && <Json value={step.rest} open={1} />}
        {shown && !remark && <p className="record-comment small"><Plain text={comment} /></p>}
        {shown && remark && (
          <textarea rows={1} autoFocus={writing && !comment} value={comment} disabled={frozen} aria-label={say("plan-remark", { n: index + 1 })} placeholder={say("plan-remark", { n: index + 1 })} onChange={(event) => remark(event.target.value)} onBlur={() => comment || write(false)} />
        )}
      </div>
      {remark && !shown && !frozen && <IconButton icon="comment" label={say("plan-remark", { n: index + 1 })} onClick={() => write(true)} />}
    </li>
  );
}

/** The plan, numbered, with what each step waits for, and room for a remark at each. */
export function Steps({ plan, changed, comments, remark, frozen }: Props) {
  return (
    <ol className="steps">
      {plan.steps.map((step, index) => (
        <Line key={index} step={step} index={index} fresh={changed.has(index)} comment={comments[index] ?? ""} frozen={frozen} {...(remark ? { remark: (text: string) => remark(index, text) } : {})} />
      ))}
    </ol>
  );
}
