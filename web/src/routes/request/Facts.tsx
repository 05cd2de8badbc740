import { useRef } from "react";
import { isOpen, type Session } from "../../api/types";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { claimedName, requesterOf } from "../../requester";
import { Icon, isIcon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";
import { RiskTag } from "../../ui/Tag";
import { When } from "../../ui/When";
import { More } from "./More";

/** One quiet line above the question: what kind, how risky, who asks, since when. */
export function Facts({ session, bare }: { session: Session; bare?: boolean }) {
  const say = useWords();
  const menu = useRef<HTMLDivElement>(null);
  const data = session.interaction_data;
  const kind = isIcon(data.interaction_type) ? data.interaction_type : "unknown";
  const from = requesterOf(session);
  const claimed = claimedName(session);
  const { part } = useIdentity();
  return (
    <div className="facts small quiet">
      <span className="facts-kind"><Icon name={kind} size={16} />{say(`kind-${kind}`)}</span>
      <RiskTag risk={session.risk} />
      {(data.attempt ?? 1) > 1 && <span className="tag plain">{say("attempt", { n: data.attempt ?? 1 })}</span>}
      <span>
        {from ? <Plain text={from} /> : say("requester-unnamed")}
        {claimed && claimed !== from && <> · <Plain text={say("requester-claims", { name: claimed })} /></>}
        {session.workflow_id && session.workflow_id !== from && <> · <span className="mono"><Plain text={session.workflow_id} /></span></>}
        {" · "}<When at={session.created_at} />
      </span>
      {part && <part.Parties session={session} />}
      {isOpen(session) && session.waiting != null && (session.waiting || session.asked_as !== "claude_code") && (
        <span className="waits">{say(session.waiting ? "asker-waits" : session.callback_url ? "asker-called" : "asker-left")}</span>
      )}
      {!bare && <span className="facts-more"><More session={session} place={menu} /></span>}
    </div>
  );
}
