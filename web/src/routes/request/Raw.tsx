//! Everything as it came, for whoever wants to see for himself. It comes with its words when somebody unfolds it.
import type { Session } from "../../api/types";
import { useWords } from "../../language";
import { Json } from "../../ui/Json";
import { Plain } from "../../ui/Plain";
import { exact } from "../../language/duration";

export function Raw({ session }: { session: Session }) {
  const say = useWords();
  const { message_html: _, ...asked } = session.interaction_data;
  const set = Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== null));
  return (
    <>
      <dl className="pairs small">
        <dt>{say("raw-id")}</dt><dd className="mono">{session.session_id}</dd>
        {session.workflow_id && <><dt>{say("raw-workflow")}</dt><dd className="mono"><Plain text={session.workflow_id} /></dd></>}
        <dt>{say("raw-created")}</dt><dd>{exact(session.created_at)}</dd>
        <dt>{say("raw-deadline")}</dt><dd>{exact(session.expires_at)}</dd>
        {session.callback_url && <><dt>{say("raw-callback")}</dt><dd className="mono"><Plain text={session.callback_url} /></dd></>}
        {session.tags.length > 0 && <><dt>{say("raw-tags")}</dt><dd><Plain text={session.tags.join(", ")} /></dd></>}
        <dt>{say("raw-hash")}</dt><dd className="mono">{session.content_hash}</dd>
      </dl>
      <Json value={{ interaction_data: set, ...(session.metadata ? { metadata: session.metadata } : {}) }} open={2} />
    </>
  );
}
