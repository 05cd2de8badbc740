//! One or several of given options.
import { useEffect, useRef, useState } from "react";
import type { Session } from "../../api/types";
import { useKeys } from "../../keyboard";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { optionsOf } from "../../outcome";
import { Plain } from "../../ui/Plain";
import { type BodyProps, type Kind, submitChoice } from "../kind";
import "./selection.css";

const MANY = 8;

/** Indexes of what is chosen. */
type Chosen = number[];

function limits(session: Session): { least: number; most: number } {
  const data = session.interaction_data;
  return data.multiple
    ? { least: data.min_choices ?? 1, most: data.max_choices ?? optionsOf(session).length }
    : { least: 1, most: 1 };
}

function Body({ session, value, change, frozen, issues, onCollect, wanted }: BodyProps) {
  const say = useWords();
  const options = optionsOf(session);
  const multiple = session.interaction_data.multiple === true;
  const { least, most } = limits(session);
  const chosen = (value as Chosen | undefined) ?? [];
  const now = useRef(chosen);
  now.current = chosen;
  const [sought, seek] = useState("");

  useEffect(() => {
    onCollect(() => {
      const values = now.current.map((each) => options[each]?.value);
      if (values.length < least || values.length > most) return null;
      return { selection: multiple ? values : values[0] };
    });
  });

  const toggle = (index: number) => {
    if (frozen) return;
    if (!multiple) return change([index]);
    const next = chosen.includes(index) ? chosen.filter((each) => each !== index) : [...chosen, index].sort((a, b) => a - b);
    change(next);
  };
  const shown = options
    .map((option, index) => ({ option, index }))
    .filter(({ option }) => `${inLanguage(option.label)} ${String(option.value)}`.toLowerCase().includes(sought.trim().toLowerCase()));
  useKeys(Object.fromEntries(shown.slice(0, 9).map(({ index }, place) => [String(place + 1), () => toggle(index)])));

  const objection = wanted || issues.length ? (issues[0]?.detail ?? say("select-count", { least, most })) : null;
  return (
    <fieldset className="options" disabled={frozen} data-wanted={objection ? true : undefined} tabIndex={-1}>
      <legend className="label">
        {multiple ? say("select-many", { least, most }) : say("select-one")}
        {multiple && <span className="optional ticks"> {say("select-so-far", { count: chosen.length })}</span>}
      </legend>
      {options.length > MANY && (
        <input type="search" className="options-filter control" value={sought} onChange={(event) => seek(event.target.value)} placeholder={say("select-filter", { count: options.length })} aria-label={say("select-filter", { count: options.length })} />
      )}
      {shown.map(({ option, index }, place) => {
        const label = inLanguage(option.label) || String(option.value);
        const description = inLanguage(option.description);
        return (
          <label key={index} className="option">
            <input type={multiple ? "checkbox" : "radio"} name={`option-${session.session_id}`} checked={chosen.includes(index)} onChange={() => toggle(index)} />
            <span className="option-text">
              <span className="option-label"><Plain text={label} /></span>
              {label !== String(option.value) && <code className="option-value"><Plain text={String(option.value)} /></code>}
              {description && <span className="option-more small quiet"><Plain text={description} /></span>}
            </span>
            {place < 9 && <kbd aria-hidden="true">{place + 1}</kbd>}
          </label>
        );
      })}
      {!shown.length && <p className="quiet">{say("empty-match")}</p>}
      <p className="field-note" role="alert">{objection && <span className="field-error">{objection}</span>}</p>
    </fieldset>
  );
}

function Answered({ session }: { session: Session }) {
  const say = useWords();
  const given = (session.response?.response_data as { selection?: unknown } | undefined)?.selection;
  const options = optionsOf(session);
  const names = (Array.isArray(given) ? given : [given]).map((value) => {
    const option = options.find((each) => each.value === value);
    return option ? inLanguage(option.label) || String(value) : String(value);
  });
  return (
    <p className="answer-line"><span className="quiet">{say("answered-with")}</span> <strong><Plain text={names.join(" · ")} /></strong></p>
  );
}

const kind: Kind = { Body, Answered, choices: (session, _, say) => [submitChoice(session, say)] };

export default kind;
