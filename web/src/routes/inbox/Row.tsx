import { memo } from "react";
import { Link } from "wouter";
import { isOpen, type Session } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { outcomeOf } from "../../outcome";
import { requesterOf } from "../../requester";
import { Icon, isIcon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";
import { RiskTag } from "../../ui/Tag";
import { Left, When } from "../../ui/When";
import { Avatar } from "../../ui/Avatar";
import { defaultLabel } from "../request/silence";
import { toggle } from "./picked";

interface Props {
  session: Session;
  selected: boolean;
  search: string;
  viewers: string;
  /** Absent: it cannot be selected. */
  picked?: boolean | undefined;
  /** Why it could not be answered with others. */
  failed?: string | undefined;
}

export const Row = memo(function Row({ session, selected, search, viewers, picked, failed }: Props) {
  const say = useWords();
  const data = session.interaction_data;
  const open = isOpen(session);
  const outcome = open ? null : outcomeOf(session);
  const kind = isIcon(data.interaction_type) ? data.interaction_type : "unknown";
  return (
    <li className={`row ${open ? "" : "closed"} ${picked ? "picked" : ""}`}>
      <Link href={`/r/${session.session_id}${search}`} aria-current={selected ? "page" : undefined} data-session={session.session_id}>
        <span className="row-icon" title={say(`kind-${kind}`)}>
          <Icon name={kind} size={18} />
        </span>
        <span className="row-title"><Plain text={inLanguage(data.title)} /></span>
        <span className="row-when">
          {outcome ? (
            <span className={`outcome ${outcome.tone}`}>
              <Icon name={outcome.icon} size={14} />
              {say(outcome.word)}
            </span>
          ) : (
            <Left until={session.expires_at} />
          )}
        </span>
        <span className="row-facts">
          {open && <RiskTag risk={session.risk} />}
          {(data.attempt ?? 1) > 1 && <span className="tag plain">{say("attempt", { n: data.attempt ?? 1 })}</span>}
          <span className="row-from"><Plain text={requesterOf(session) ?? say("requester-unnamed")} /></span>
          {session.workflow_id && session.workflow_id !== requesterOf(session) && <span className="row-workflow mono"><Plain text={session.workflow_id} /></span>}
          {session.claimed_by && open && (
            <span className="row-claim" title={say("claimed-by", { name: session.claimed_by })}><Icon name="hold" size={14} /></span>
          )}
          {viewers.split("\n").filter(Boolean).map((name) => <Avatar key={name} name={name} />)}
          {open && (
            <span className="row-silence" title={say("row-silence")}>
              <Plain text={session.on_timeout === "default" ? say("row-default", { answer: defaultLabel(session) }) : say("row-expire")} />
            </span>
          )}
          {!open && session.closed_at && <When at={session.closed_at} />}
        </span>
        {failed && <span className="row-failed"><Plain text={failed} /></span>}
      </Link>
      {picked !== undefined && (
        <label className="row-pick" title={say("pick")}>
          <input type="checkbox" checked={picked} onChange={() => toggle(session.session_id)} aria-label={say("pick-row", { title: inLanguage(data.title) })} />
        </label>
      )}
    </li>
  );
});
