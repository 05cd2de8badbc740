//! One request, in fixed order: the question, the clock, why, what will happen, what it is about, the answer.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../../api/problem";
import { sessionOf } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { now, useTicking } from "../../clock";
import { viewing } from "../../feed";
import { useKind } from "../../interactions";
import type { Kind } from "../../interactions/kind";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { useIdentity } from "../../me";
import { usePreferences } from "../../preferences";
import { Failure, Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { ActionBar } from "./ActionBar";
import { Activity } from "./Activity";
import { ClockLine } from "./ClockLine";
import { Comment } from "./Comment";
import { Consequences } from "./Consequences";
import { useDesk } from "./desk";
import { useCheck } from "./useCheck";
import type { Evidence as About } from "./Evidence";
import { Facts } from "./Facts";
import { Gone } from "./Gone";
import { evidence, hasEvidence, record } from "./parts";
import { PhoneHead } from "./PhoneHead";
import { Fold } from "./Fold";
import type { Record as Written } from "./Record";
import { Stopped } from "./Stopped";
import { Why } from "./Why";
import "./request.css";

export function Request({ id }: { id: string }) {
  const say = useWords();
  const query = useQuery(sessionOf(id));
  if (query.data) {
    return (
      <WithKind key={`${id} ${query.data.content_hash}`} session={query.data} early={query.isPlaceholderData} />
    );
  }
  if (query.isError) {
    const missing = asProblem(query.error).status === 404;
    return (
      <div className="reader-empty">
        <PhoneHead />
        {missing ? (
          <Notice alone icon="search" title={say("missing-title")}><p>{say("missing-detail")}</p></Notice>
        ) : (
          <Failure error={query.error} retry={() => void query.refetch()} />
        )}
      </div>
    );
  }
  return <Loading />;
}

function Loading() {
  const say = useWords();
  return (
    <div className="reader-empty">
      <PhoneHead />
      <div className="column skeleton" role="status" aria-label={say("loading")}>
        {Array.from({ length: 7 }, (_, index) => <i key={index} />)}
      </div>
    </div>
  );
}

function WithKind({ session, early }: { session: Session; early: boolean }) {
  const { kind, failed, again } = useKind(session.interaction_data.interaction_type);
  const closed = !isOpen(session);
  const written = record.use(closed);
  const needed = hasEvidence(session);
  const about = evidence.use(needed);
  // Once decided the record takes the place of the buttons; until it is there, what was seen stays.
  const [shown, show] = useState(session);
  if (shown !== session && (!closed || written)) show(session);
  if (failed) return <Failure error={failed} retry={again} />;
  if (!kind || (!isOpen(shown) && !written) || (needed && !about)) return <Loading />;
  return <Deciding session={shown} kind={kind} early={early} Evidence={about?.Evidence} Record={written?.Record} />;
}

interface Parts {
  Evidence: typeof About | undefined;
  Record: typeof Written | undefined;
}

function Deciding({ session, kind, early, Evidence, Record }: { session: Session; kind: Kind; early: boolean } & Parts) {
  const me = usePreferences().name;
  const { part } = useIdentity();
  const mayAnswer = part?.mayOf(session, "respond") ?? true;
  const desk = useDesk(session, kind);
  const Check = useCheck(session, desk);
  const answering = useRef<HTMLDivElement>(null);
  const open = isOpen(session);
  const left = useTicking(Date.parse(session.expires_at), open);
  const over = open && left <= 0;
  const elsewhere = open && !!session.claimed_by && session.claimed_by !== me && Date.parse(session.claimed_until ?? "") > now();
  const frozen = !open || !mayAnswer || over || elsewhere || desk.sending || desk.fresh;
  const { Body, Reviewed } = kind;

  useEffect(() => {
    viewing(open ? session.session_id : null, me);
    return () => viewing(null, me);
  }, [session.session_id, me, open]);

  return (
    <article className={`reader ${open ? "" : "closed"}`} data-status={session.status}>
      <PhoneHead session={session} />
      <div className="reader-scroll" tabIndex={-1}>
        <div className="column">
          <Facts session={session} />
          <h1 className="question"><Plain text={inLanguage(session.interaction_data.title)} /></h1>
        </div>
        <ClockLine session={session} />
        <div className="column body">
          <Gone session={session} />
          <Why session={session} early={early} />
          <Consequences session={session} />
          {Evidence && <Evidence session={session} />}
          <div ref={answering} className="answering" id="answering">
            {Body && open && desk.ready && (
              <Body session={session} value={desk.value} change={desk.change} frozen={frozen} issues={desk.issues} onCollect={desk.onCollect} wanted={desk.wanted} />
            )}
            {!open && Reviewed && <Reviewed session={session} />}
            {open && mayAnswer && <Comment desk={desk} frozen={frozen} />}
            <Stopped session={session} desk={desk} over={over} elsewhere={elsewhere} />
          </div>
          <Fold session={session} />
          <Activity session={session} />
        </div>
      </div>
      {open && part && !mayAnswer ? (
        <part.NotYours session={session} />
      ) : open ? (
        Check ? <Check session={session} kind={kind} desk={desk} /> : (
          <ActionBar session={session} kind={kind} desk={desk} frozen={frozen} answering={answering} />
        )
      ) : (
        Record && <Record session={session} kind={kind} fresh={desk.fresh} />
      )}
    </article>
  );
}
