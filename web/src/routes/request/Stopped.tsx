//! Why one cannot go on, what was kept, and what to do.
import { useState } from "react";
import { isOpen, type Session } from "../../api/types";
import { useWords } from "../../language";
import { moment } from "../../language/duration";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import type { Desk } from "./desk";

interface Props {
  session: Session;
  desk: Desk;
  over: boolean;
  elsewhere: boolean;
}

export function Stopped({ session, desk, over, elsewhere }: Props) {
  const say = useWords();
  const lines: string[] = [];
  const { problem } = desk;
  if (over) lines.push(say("stopped-over"));
  if (elsewhere) lines.push(say("stopped-claimed", { name: session.claimed_by ?? "", until: moment(session.claimed_until ?? "") }));
  if (!isOpen(session) && !desk.fresh && desk.typed) lines.push(say("stopped-elsewhere"));
  if (problem && isOpen(session) && !over) {
    if (problem.unreachable) lines.push(say("stopped-unsent"));
    else if (problem.code === "content_changed") lines.push(say("stopped-changed"));
    else if (problem.status === 422) lines.push(unplaced(desk) || say("stopped-invalid"));
    else if (!elsewhere) lines.push(problem.message);
  }
  if (!lines.length) return null;
  return (
    <div className="stopped" role="alert">
      <Icon name={problem?.unreachable ? "offline" : "warning"} size={18} />
      <div>
        {lines.map((line) => <p key={line}>{line}</p>)}
        {problem?.body.request_id && problem.status >= 500 && <p className="tiny mono">{say("request-id", { id: problem.body.request_id })}</p>}
        <div className="stopped-actions">
          {problem?.unreachable && isOpen(session) && !over && (
            <Button small icon="retry" disabled={desk.sending} onClick={desk.again}>{say("send-again")}</Button>
          )}
          {desk.typed && (!isOpen(session) || over || elsewhere) && <Kept desk={desk} />}
        </div>
      </div>
    </div>
  );
}

/** What the server says of no field in particular. */
const unplaced = (desk: Desk): string => desk.issues.map((each) => each.detail).slice(0, 3).join(" ");

function Kept({ desk }: { desk: Desk }) {
  const say = useWords();
  const [copied, setCopied] = useState(false);
  const text = [typeof desk.value === "string" ? desk.value : desk.value === undefined ? "" : JSON.stringify(desk.value, null, 2), desk.comment].filter(Boolean).join("\n\n");
  return (
    <details className="kept">
      <summary>{say("draft-kept")}</summary>
      <pre tabIndex={0}>{text}</pre>
      <Button small icon="copy" onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}>{say(copied ? "copied" : "copy")}</Button>
    </details>
  );
}
