import { useEffect, useState } from "react";
import type { Session } from "../../api/types";
import { useKind } from "../../interactions";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { Button } from "../../ui/Button";
import { Plain } from "../../ui/Plain";
import { ClockLine } from "../request/ClockLine";
import { Consequences } from "../request/Consequences";
import { Evidence } from "../request/Evidence";
import { Facts } from "../request/Facts";
import { Why } from "../request/Why";
import { Guard } from "../errors";

/** How it will look. One can try it, but nothing is sent. `stale`: what is typed now is not what is shown. */
export function Preview({ session, stale }: { session: Session; stale: boolean }) {
  const say = useWords();
  return (
    <section className="preview" aria-label={say("play-preview")}>
      {stale && <p className="column preview-stale small">{say("play-stale")}</p>}
      <div className="column preview-top"><Facts session={session} bare /></div>
      <div className="column"><h2 className="question"><Plain text={inLanguage(session.interaction_data.title)} /></h2></div>
      <ClockLine session={session} />
      <div className="column body">
        <Why session={session} />
        <Consequences session={session} />
        <Evidence session={session} />
        <Guard mark={JSON.stringify(session.interaction_data)}><Answering session={session} /></Guard>
      </div>
    </section>
  );
}

function Answering({ session }: { session: Session }) {
  const say = useWords();
  const type = session.interaction_data.interaction_type;
  const { kind } = useKind(type);
  const [value, change] = useState<unknown>(undefined);
  useEffect(() => change(undefined), [type]);
  if (!kind) return null;
  const { Body } = kind;
  const mark = JSON.stringify([session.interaction_data.fields, session.interaction_data.schema, session.interaction_data.options]);
  return (
    <>
      {Body && <Body key={mark} session={session} value={value} change={change} frozen={false} issues={[]} onCollect={() => undefined} wanted={null} preview />}
      <div className="bar-choices preview-bar">
        {kind.choices(session, value, say).map((choice) => <Button key={choice.id} tone={choice.tone} disabled>{choice.label}</Button>)}
      </div>
    </>
  );
}
