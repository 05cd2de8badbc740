//! Values in one or several fields.
import { useCallback } from "react";
import type { FieldSpec, Session } from "../../api/types";
import { Fields, type FormValue } from "../fields/Fields";
import { Pairs } from "../fields/Pairs";
import { labelOf, typeOf } from "../fields/shape";
import { type BodyProps, type Kind, submitChoice } from "../kind";

const fieldsOf = (session: Session): FieldSpec[] => (session.interaction_data.fields ?? []) as FieldSpec[];

function Body({ session, value, change, frozen, issues, onCollect }: BodyProps) {
  const onRead = useCallback((read: () => Promise<unknown>) => onCollect(read), [onCollect]);
  return <Fields fields={fieldsOf(session)} value={value as FormValue | undefined} change={change} frozen={frozen} issues={issues} pointer="/response" onRead={onRead} />;
}

function Answered({ session }: { session: Session }) {
  const data = (session.response?.response_data ?? {}) as Record<string, unknown>;
  const fields = fieldsOf(session);
  const named = (name: string) => fields.find((each) => each.name === name);
  return (
    <Pairs pairs={Object.entries(data).map(([name, value]) => {
      const field = named(name);
      return [field ? labelOf(field) : name, field && typeOf(field) === "password" ? "••••••" : value];
    })} />
  );
}

const kind: Kind = { Body, Answered, choices: (session, _, say) => [submitChoice(session, say)] };

export default kind;
