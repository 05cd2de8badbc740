//! The check of a risky answer: in the page, above the buttons, never over the evidence. A word is typed into an empty field,
//! or a button is held: as one prefers, and either way within reach.
import { useEffect, useRef, useState } from "react";
import type { Session } from "../../api/types";
import { type Kind, sentences } from "../../interactions/kind";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { prefer, usePreferences } from "../../preferences";
import { Button } from "../../ui/Button";
import { HoldButton } from "../../ui/HoldButton";
import { Plain } from "../../ui/Plain";
import type { Desk } from "./desk";

const bare = (text: string) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();

/** Typing is a nuisance where the keyboard covers half of what one decides on. */
const byFinger = (): boolean => matchMedia("(pointer: coarse)").matches;

export function Check({ session, kind, desk }: { session: Session; kind: Kind; desk: Desk }) {
  const say = useWords();
  const { check } = usePreferences();
  const place = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLInputElement>(null);
  const [typed, type] = useState("");
  // Its words are those of the present language, not of when it was pressed.
  const choice = kind.choices(session, desk.value, say).find((each) => each.id === desk.checking?.id) ?? desk.checking;
  const holding = (check ?? (byFinger() ? "hold" : "word")) === "hold";
  useEffect(() => {
    type("");
    // Never a button: the field, else the question itself.
    if (choice) (field.current ?? place.current)?.focus();
  }, [choice?.id, holding]);
  if (!choice) return null;
  const word = choice.label.length <= 24 ? choice.label : say("check-word");
  const [first] = sentences(session.interaction_data.consequences?.on_answer);
  const right = bare(typed) === bare(word);
  const otherWay = (
    <button type="button" className="link small check-other" onClick={() => prefer({ check: holding ? "word" : "hold" })}>
      {say(holding ? "check-by-word" : "check-by-hold")}
    </button>
  );
  return (
    <form
      ref={place}
      tabIndex={-1}
      className="check"
      aria-label={say("check-title")}
      onSubmit={(event) => {
        event.preventDefault();
        if (right && !holding) void desk.press(choice, true);
      }}
    >
      <div className="column">
        <p className="check-what">
          <strong>{say("check-title")}</strong>
          {first && <span>→ <Plain text={inLanguage(first.text)} />{first.irreversible && <strong className="final-word"> {say("irreversible")}</strong>}</span>}
        </p>
        {holding ? otherWay : (
          <div>
            <label className="check-field">
              <span>{say("check-type", { word })}</span>
              <input ref={field} value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => type(event.target.value)} />
            </label>
            {otherWay}
          </div>
        )}
        <div className="check-buttons">
          <Button onClick={desk.uncheck}>{say("check-back")}</Button>
          {holding ? (
            <HoldButton label={choice.label} tone={choice.tone} disabled={desk.sending} onHeld={() => void desk.press(choice, true)} />
          ) : (
            <Button type="submit" tone={choice.tone} disabled={!right || desk.sending}>{choice.label}</Button>
          )}
        </div>
      </div>
    </form>
  );
}
