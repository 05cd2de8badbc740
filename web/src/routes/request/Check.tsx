//! The check of a risky answer: in the page, above the buttons, never over the evidence. Its field is empty.
import { useEffect, useRef, useState } from "react";
import type { Session } from "../../api/types";
import { sentences } from "../../interactions/kind";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { Button } from "../../ui/Button";
import { Plain } from "../../ui/Plain";
import type { Desk } from "./desk";

const bare = (text: string) => text.normalize("NFKC").trim().replace(/\s+/g, " ").toLowerCase();

export function Check({ session, desk }: { session: Session; desk: Desk }) {
  const say = useWords();
  const field = useRef<HTMLInputElement>(null);
  const [typed, type] = useState("");
  const choice = desk.checking;
  useEffect(() => {
    type("");
    if (choice) field.current?.focus();
  }, [choice?.id]);
  if (!choice) return null;
  const word = choice.label.length <= 24 ? choice.label : say("check-word");
  const [first] = sentences(session.interaction_data.consequences?.on_answer);
  const right = bare(typed) === bare(word);
  return (
    <form
      className="check"
      aria-label={say("check-title")}
      onSubmit={(event) => {
        event.preventDefault();
        if (right) void desk.press(choice, true);
      }}
    >
      <div className="column">
        <p className="check-what">
          <strong>{say("check-title")}</strong>
          {first && <span>→ <Plain text={inLanguage(first.text)} />{first.irreversible && <strong className="final-word"> {say("irreversible")}</strong>}</span>}
        </p>
        <label className="check-field">
          <span>{say("check-type", { word })}</span>
          <input ref={field} value={typed} autoComplete="off" autoCapitalize="off" spellCheck={false} onChange={(event) => type(event.target.value)} />
        </label>
        <div className="check-buttons">
          <Button onClick={desk.uncheck}>{say("check-back")}</Button>
          <Button type="submit" tone={choice.tone} disabled={!right || desk.sending}>{choice.label}</Button>
        </div>
      </div>
    </form>
  );
}
