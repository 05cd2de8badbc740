//! Actions that wait for the review: what will run, editing its arguments where that is allowed, a vote for each of several.
import { useState } from "react";
import { parse, pretty, write } from "../../api/exact";
import type { Action } from "../../api/types";
import { useWords } from "../../language";
import { ActionView } from "../../routes/request/Evidence";
import { Button } from "../../ui/Button";
import { EDIT } from "../../ui/strokes";
import { Arguments } from "./Arguments";
import type { ReviewValue, Verb } from "./value";

interface Props {
  actions: Action[];
  value: ReviewValue;
  change: (value: ReviewValue) => void;
  frozen: boolean;
  wanted: boolean;
}

function parsed(text: string | undefined): { value: unknown; fault: boolean } {
  if (text === undefined) return { value: undefined, fault: false };
  try {
    return { value: parse(text), fault: false };
  } catch {
    return { value: undefined, fault: true };
  }
}

export function Actions({ actions, value, change, frozen, wanted }: Props) {
  const say = useWords();
  const [editing, edit] = useState<number | null>(null);
  return (
    <section className="part">
      <h2 className="label">{say("actions")}</h2>
      {actions.map((action, index) => {
        const allowed = (action.allowed ?? ["approve", "modify", "abort"]) as Verb[];
        const text = value.edited?.[index];
        const { value: edited, fault } = parsed(text);
        const same = edited === undefined || write(edited) === write(action.args);
        return (
          <div key={index} className="review-action">
            <ActionView action={action} {...(same || editing === index ? {} : { edited })} />
            {allowed.includes("edit") && !frozen && (
              <div className="review-edit">
                {editing === index ? (
                  <Arguments text={text ?? pretty(action.args ?? {})} change={(next) => change({ ...value, edited: { ...value.edited, [index]: next } })} done={() => edit(null)} />
                ) : (
                  <Button small tone="plain" icon={EDIT} onClick={() => edit(index)}>{say(fault ? "review-edit-wrong" : "review-edit")}</Button>
                )}
                {!same && editing !== index && (
                  <Button small tone="plain" onClick={() => {
                    const { [index]: _, ...rest } = value.edited ?? {};
                    change({ ...value, edited: rest });
                  }}>{say("review-edit-undo")}</Button>
                )}
              </div>
            )}
            {actions.length > 1 && (
              <fieldset className="votes" disabled={frozen} data-wanted={wanted && !value.votes?.[index] ? true : undefined} tabIndex={-1}>
                <legend className="unseen">{say("review-vote", { n: index + 1 })}</legend>
                {(["approve", "modify", "abort"] as const).filter((verb) => allowed.includes(verb)).map((verb) => (
                  <label key={verb} className={`vote ${verb}`}>
                    <input type="radio" name={`vote-${index}`} checked={value.votes?.[index] === verb} onChange={() => change({ ...value, votes: { ...value.votes, [index]: verb } })} />
                    <span>{say(`review-${verb}`)}</span>
                  </label>
                ))}
              </fieldset>
            )}
          </div>
        );
      })}
    </section>
  );
}
