//! A plan, or actions that wait: approve, send back, end.
import { useCallback, useEffect, useRef } from "react";
import type { FieldSpec, Session } from "../../api/types";
import { useWords } from "../../language";
import { Data } from "../../routes/request/Evidence";
import { Plain } from "../../ui/Plain";
import { Fields } from "../fields/Fields";
import { type BodyProps, type Choice, irreversible, type Kind, noTone } from "../kind";
import { Actions } from "./Actions";
import { Before, usePrevious } from "./Before";
import { besides, compared, type Plan, planOf } from "./plan";
import { Steps } from "./Steps";
import { actionsOf, allowedOf, answerOf, type ReviewValue } from "./value";
import "./review.css";

const EMPTY: ReviewValue = {};

function Body({ session, value, change, frozen, issues, onCollect, wanted }: BodyProps) {
  const say = useWords();
  const typed = (value as ReviewValue | undefined) ?? EMPTY;
  const now = useRef(typed);
  now.current = typed;
  const update = useCallback((next: Partial<ReviewValue>) => change((now.current = { ...now.current, ...next })), [change]);
  const readFields = useRef<(() => Promise<Record<string, unknown> | null>) | null>(null);
  const onRead = useCallback((read: () => Promise<Record<string, unknown> | null>) => void (readFields.current = read), []);
  const data = session.interaction_data.data_for_review;
  const plan = planOf(data);
  const previous = usePrevious(session);
  const actions = actionsOf(session);
  const fields = (session.interaction_data.fields ?? []) as FieldSpec[];
  const rest = besides(data, plan);
  const voted = Object.values(typed.votes ?? {}).includes("modify");
  const asking = wanted === "modify" || voted || !!typed.instructions;
  const objections = issues.filter((each) => !each.pointer?.startsWith("/response/fields"));

  useEffect(() => onCollect(async (choice) => {
    const complete = choice === "approve" || choice === "submit";
    const given = readFields.current && complete ? await readFields.current() : undefined;
    if (given === null) return null;
    return answerOf(session, now.current, choice, given);
  }), [onCollect, session]);

  return (
    <>
      {previous && <Before session={session} previous={previous} />}
      {plan && (
        <PlanPart
          plan={plan}
          previous={previous}
          comments={typed.comments ?? {}}
          remark={(index, text) => update({ comments: { ...now.current.comments, [index]: text } })}
          frozen={frozen}
        />
      )}
      {actions.length > 0 && <Actions actions={actions} value={typed} change={update} frozen={frozen} wanted={wanted !== null} />}
      <Data data={rest} />
      {fields.length > 0 && (
        <Fields fields={fields} value={typed.fields} change={(next) => update({ fields: next })} frozen={frozen} issues={issues} pointer="/response/fields" onRead={onRead} />
      )}
      {asking && (
        <label className="comment">
          <span className="label">{say("review-instructions")}</span>
          <textarea rows={3} data-wanted value={typed.instructions ?? ""} disabled={frozen} placeholder={say("review-instructions-hint")} onChange={(event) => update({ instructions: event.target.value })} />
          <span className="small quiet">{say("review-instructions-note")}</span>
        </label>
      )}
      {objections.length > 0 && <p className="field-error" role="alert">{objections.map((each) => each.detail).join(" ")}</p>}
    </>
  );
}

interface PlanProps {
  plan: Plan;
  previous: Session | undefined;
  comments: Record<string, string>;
  remark?: (index: number, text: string) => void;
  frozen: boolean;
}

function PlanPart({ plan, previous, ...rest }: PlanProps) {
  const say = useWords();
  const before = previous ? planOf(previous.interaction_data.data_for_review) : null;
  const lines = compared(plan, before);
  return (
    <section className="part">
      <h2 className="label">
        {say("plan", { count: plan.steps.length })}
        {before && <span className="optional"> {say("plan-differs", { count: lines.filter((each) => each.mark !== "same").length })}</span>}
      </h2>
      <Steps lines={lines} {...rest} />
    </section>
  );
}

function Answered({ session }: { session: Session }) {
  const say = useWords();
  const data = (session.response?.response_data ?? {}) as {
    action?: string; decisions?: { action: string }[]; modification_instructions?: string; edited?: unknown; step_comments?: Record<string, string>;
  };
  const comments = Object.keys(data.step_comments ?? {}).length;
  return (
    <>
      {data.decisions ? (
        <p>{data.decisions.map((each, index) => `${index + 1}. ${say(`review-did-${each.action}`)}`).join(" · ")}</p>
      ) : (
        <p><strong>{say(`review-did-${data.action ?? "approve"}`)}</strong>{data.edited ? ` · ${say("review-did-edit")}` : ""}{comments ? ` · ${say("review-remarks", { count: comments })}` : ""}</p>
      )}
      {data.modification_instructions && <p className="record-comment"><Plain text={data.modification_instructions} /></p>}
    </>
  );
}

/** What was reviewed, for reading after the decision. */
function Reviewed({ session }: { session: Session }) {
  const data = session.interaction_data.data_for_review;
  const plan = planOf(data);
  const previous = usePrevious(session);
  const given = (session.response?.response_data as { step_comments?: Record<string, string> } | undefined)?.step_comments ?? {};
  return (
    <>
      {previous && <Before session={session} previous={previous} />}
      {plan && (
        <PlanPart plan={plan} previous={previous} comments={given} frozen />
      )}
      {actionsOf(session).length > 0 && <Actions actions={actionsOf(session)} value={EMPTY} change={() => undefined} frozen wanted={false} />}
      <Data data={besides(data, plan)} />
    </>
  );
}

const kind: Kind = {
  Body,
  Answered,
  Reviewed,
  choices: (session, _, say) => {
    const solid = irreversible(session) ? ("danger" as const) : ("solid" as const);
    if (actionsOf(session).length > 1) {
      return [{ id: "submit", label: say("review-submit"), tone: solid, positive: true, collects: true }];
    }
    const allowed = allowedOf(session);
    const all: (Choice | false)[] = [
      allowed.includes("modify") && { id: "modify", label: say("review-modify"), tone: "outline", positive: false, key: "m", collects: true },
      allowed.includes("abort") && { id: "abort", label: say("review-abort"), tone: noTone(session), positive: false, key: "r", collects: true },
      allowed.includes("approve") && { id: "approve", label: say("review-approve"), tone: solid, positive: true, collects: true },
    ];
    return all.filter((each) => each !== false);
  },
};

export default kind;
