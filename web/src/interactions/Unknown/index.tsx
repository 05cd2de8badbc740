//! A kind that this page does not know is still answerable: as JSON.
import { useEffect, useRef, useState } from "react";
import { parse } from "../../api/exact";
import type { Session } from "../../api/types";
import { useWords } from "../../language";
import { Json } from "../../ui/Json";
import { type BodyProps, type Kind, submitChoice } from "../kind";

export function JsonBody({ value, change, frozen, issues, onCollect, wanted, note }: BodyProps & { note: string }) {
  const say = useWords();
  const text = (value as string | undefined) ?? "";
  const now = useRef(text);
  now.current = text;
  const [fault, blame] = useState("");
  useEffect(() => {
    onCollect(() => {
      try {
        blame("");
        return parse(now.current);
      } catch {
        blame(say("fault-json"));
        return null;
      }
    });
  }, [onCollect, say]);
  const wrong = fault || issues.map((each) => `${each.pointer ?? ""} ${each.detail}`).join("\n");
  return (
    <label className="field">
      <span className="label">{note}</span>
      <textarea rows={6} className="mono" spellCheck={false} disabled={frozen} value={text} aria-invalid={wrong || wanted ? true : undefined} placeholder="{ }" onChange={(event) => change(event.target.value)} />
      <span className="field-note" role="alert">{wrong && <span className="field-error">{wrong}</span>}</span>
    </label>
  );
}

function Body(props: BodyProps) {
  const say = useWords();
  return <JsonBody {...props} note={say("unknown-note", { kind: props.session.interaction_data.interaction_type })} />;
}

export function JsonAnswered({ session }: { session: Session }) {
  return <Json value={session.response?.response_data} />;
}

const kind: Kind = { Body, Answered: JsonAnswered, choices: (session, _, say) => [submitChoice(session, say)] };

export default kind;
