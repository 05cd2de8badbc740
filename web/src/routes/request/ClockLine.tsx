//! How long is left, and what silence means. Invariant: the sentence is ours, from `on_timeout`; what the requester says
//! about it is marked as theirs. It stops when somebody has decided.
import { useEffect, useRef, useState } from "react";
import { asProblem } from "../../api/problem";
import { extend, queries } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { learn } from "../../arrivals";
import { announcement, urgency, useTicking } from "../../clock";
import { sentences } from "../../interactions/kind";
import { useWords } from "../../language";
import { exact, spelled } from "../../language/duration";
import { inLanguage } from "../../language/text";
import { usePreferences } from "../../preferences";
import { requesterOf } from "../../requester";
import { Icon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";
import { defaultLabel } from "./silence";

const QUARTER = 15 * 60;

export function ClockLine({ session }: { session: Session }) {
  return isOpen(session) ? <Running session={session} /> : null;
}

function Running({ session }: { session: Session }) {
  const say = useWords();
  const me = usePreferences().name;
  const deadline = Date.parse(session.expires_at);
  const left = useTicking(deadline);
  const before = useRef(left);
  const [aloud, announce] = useState("");
  const [refused, refuse] = useState("");

  useEffect(() => {
    const mark = announcement(before.current, left);
    before.current = left;
    if (mark) announce(say(`aloud-${mark}`));
    // The server closes it at the same moment; ask what became of it.
    if (left <= 0) {
      const timer = setTimeout(() => void queries.invalidateQueries({ queryKey: ["session", session.session_id] }), 300);
      return () => clearTimeout(timer);
    }
  }, [left, say, session.session_id]);

  const whole = deadline - Date.parse(session.created_at);
  const share = Math.max(0, Math.min(1, left / whole));
  const label = session.on_timeout === "default" ? defaultLabel(session) : null;
  const theirs = sentences(session.interaction_data.consequences?.on_timeout);
  const more = session.extendable_seconds ?? 0;
  return (
    <div className={`clock ${urgency(left)}`}>
      <div className="column clock-line" title={exact(session.expires_at)}>
        <span className="clock-time">
          <Icon name="clock" size={16} />
          <time role="timer" aria-live="off" dateTime={session.expires_at}>{left > 0 ? spelled(say, left) : "0:00"}</time>
        </span>
        <span className="clock-says">
          {left <= 0 ? say("clock-over") : label !== null ? say("clock-default", { answer: label }) : say("clock-expire")}
          {theirs.length > 0 && (
            <span className="clock-theirs">
              {" "}
              <Plain text={say("says-that", { name: requesterOf(session) ?? say("requester-unnamed"), text: theirs.map((each) => inLanguage(each.text)).join(" ") })} />
            </span>
          )}
          {refused && <span className="field-error"> {refused}</span>}
        </span>
        {more > 0 && left > 0 && (
          <button
            type="button"
            className="link small keep"
            onClick={() => void extend(session.session_id, Math.min(QUARTER, more), me).then((told) => (refuse(""), learn(told as Session)), (error: unknown) => refuse(asProblem(error).message))}
          >
            {say("extend-by", { minutes: Math.round(Math.min(QUARTER, more) / 60) })}
          </button>
        )}
      </div>
      <div className="clock-track" aria-hidden="true"><i style={{ width: `${share * 100}%` }} /></div>
      <span className="unseen" aria-live="polite">{aloud}</span>
    </div>
  );
}
