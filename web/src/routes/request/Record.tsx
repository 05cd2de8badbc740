//! What the action bar becomes: the record. Seal, who, when, the answer, the comment, and whether it was picked up.
import { isOpen, type Session } from "../../api/types";
import type { Kind } from "../../interactions/kind";
import { useWords } from "../../language";
import { took } from "../../language/duration";
import { useIdentity } from "../../me";
import { outcomeOf } from "../../outcome";
import { Explained } from "../../ui/Explained";
import { Icon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";
import { Seal } from "../../ui/Seal";
import { When } from "../../ui/When";
import { NextUp } from "./NextUp";
import { NotifyOffer } from "./NotifyOffer";
import { readAnswer } from "./silence";

interface Props {
  session: Session;
  kind: Kind;
  fresh: boolean;
}

export function Record({ session, kind, fresh }: Props) {
  const say = useWords();
  const { part } = useIdentity();
  const outcome = outcomeOf(session);
  const answer = session.response;
  const by = answer?.user_id ?? session.closed_by;
  const closed = session.closed_at ?? session.updated_at;
  const { Answered } = kind;
  const sealTone = outcome.tone === "cinnabar" || outcome.tone === "indigo" ? outcome.tone : "jade";
  return (
    <footer className={`bar record ${outcome.tone}`} aria-label={say("record")}>
      <div className="column record-line">
        {outcome.sealed ? (
          <Seal word={say(outcome.word)} tone={sealTone} fresh={fresh} />
        ) : (
          <span className={`record-mark outcome ${outcome.tone}`}><Icon name={outcome.icon} size={20} />{say(outcome.word)}</span>
        )}
        <div className="record-text">
          {outcome.sealed && <Answered session={session} />}
          {session.status === "timeout" && (
            <p>{answer ? say("record-default", { answer: readAnswer(session, answer.response_data) }) : say("record-timeout")}</p>
          )}
          {session.error_message && <p><Plain text={session.error_message} /></p>}
          {answer?.comment && <p className="record-comment"><Plain text={answer.comment} /></p>}
          <p className="small quiet">
            {outcome.sealed && by && <><Plain text={by} /> · {!part ? <><Explained word={say("unverified")}>{say("unverified-answer")}</Explained> · </> : answer?.assertion?.verified && <>{say("record-passkey")} · </>}</>}
            <When at={closed} /> · {say("record-after", { time: took(say, Date.parse(closed) - Date.parse(session.created_at)) })}
            <Delivered session={session} />
          </p>
        </div>
        <div className="record-next">
          <NextUp />
          {fresh && <NotifyOffer />}
        </div>
      </div>
      {fresh && <span className="unseen" role="status">{say("record-done", { word: say(outcome.word) })}</span>}
    </footer>
  );
}

function Delivered({ session }: { session: Session }) {
  const say = useWords();
  const { delivery } = session;
  if (!delivery || isOpen(session)) return null;
  if (delivery.state === "none") return <> · {say("delivery-none")}</>;
  return (
    <>
      {" · "}
      <span className={delivery.state === "failed" ? "failed" : ""}>
        {say(`delivery-${delivery.state}`, { by: say(delivery.by === "callback" || !delivery.by ? "delivery-by-callback" : "delivery-by-waiter") })}
        {delivery.at && <> <When at={delivery.at} /></>}
      </span>
    </>
  );
}
