import { Link } from "wouter";
import type { AuditEntry } from "../../api/accounts";
import { useWords } from "../../language";
import { exact } from "../../language/duration";
import { Json } from "../../ui/Json";
import { Plain } from "../../ui/Plain";

const FACTS = ["method", "credential", "subject", "version", "content_hash", "request_id"] as const;

/** All that an entry says. */
export function Entry({ entry }: { entry: AuditEntry }) {
  const say = useWords();
  return (
    <div className="audit-entry">
      <dl className="pairs small">
        <dt>{say("audit-number")}</dt><dd className="ticks">{entry.number}</dd>
        <dt>{say("audit-col-when")}</dt><dd>{exact(entry.at)}</dd>
        {entry.session_id && <><dt>{say("audit-session")}</dt><dd className="mono"><Link href={`/r/${entry.session_id}`}>{entry.session_id}</Link></dd></>}
        {FACTS.map((fact) => entry[fact] != null && <Pair key={fact} name={say(`audit-fact-${fact}`)} value={String(entry[fact])} />)}
      </dl>
      {entry.detail && Object.keys(entry.detail).length > 0 && <Json value={entry.detail} />}
    </div>
  );
}

function Pair({ name, value }: { name: string; value: string }) {
  return <><dt>{name}</dt><dd className="mono"><Plain text={value} /></dd></>;
}
