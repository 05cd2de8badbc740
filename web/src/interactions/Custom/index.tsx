//! Whatever a schema admits: a form where the schema is one, JSON otherwise.
import { useCallback, useMemo } from "react";
import type { Session } from "../../api/types";
import { useWords } from "../../language";
import { Json } from "../../ui/Json";
import { Fields, type FormValue } from "../fields/Fields";
import { Pairs } from "../fields/Pairs";
import { type BodyProps, type Kind, submitChoice } from "../kind";
import { JsonBody } from "../Unknown";
import { answerOf, fieldsOf, type Schema } from "./schema";

const schemaOf = (session: Session): Schema => (session.interaction_data.schema ?? {}) as Schema;

function Body(props: BodyProps) {
  const say = useWords();
  const { session, value, change, frozen, issues, onCollect } = props;
  const fields = useMemo(() => fieldsOf(schemaOf(session)), [session.content_hash]);
  const specs = useMemo(() => fields?.map((each) => (each.lines ? { ...each.spec, help: each.spec.help ?? say("custom-lines") } : each.spec)) ?? [], [fields, say("custom-lines")]);
  const onRead = useCallback(
    (read: () => Promise<Record<string, unknown> | null>) => onCollect(async () => {
      const given = await read();
      return given && fields ? answerOf(fields, given) : null;
    }),
    [onCollect, fields],
  );
  if (!fields) {
    return (
      <>
        <JsonBody {...props} note={say("custom-json")} />
        <details className="fold"><summary className="label">{say("custom-schema")}</summary><Json value={schemaOf(session)} open={3} /></details>
      </>
    );
  }
  return <Fields fields={specs} value={value as FormValue | undefined} change={change} frozen={frozen} issues={issues} pointer="/response" onRead={onRead} />;
}

function Answered({ session }: { session: Session }) {
  const data = session.response?.response_data;
  const properties = schemaOf(session).properties ?? {};
  if (typeof data !== "object" || data === null || Array.isArray(data)) return <Json value={data} />;
  return <Pairs pairs={Object.entries(data).map(([name, value]) => [properties[name]?.title ?? name, value])} />;
}

const kind: Kind = { Body, Answered, choices: (session, _, say) => [submitChoice(session, say)] };

export default kind;
