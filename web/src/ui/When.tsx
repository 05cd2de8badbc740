import { exact, moment, spelled } from "../language/duration";
import { MINUTE, now, SOON, urgency, useTicking } from "../clock";
import { useWords } from "../language";

/** A moment: short in view, exact on hover and focus. */
export function When({ at }: { at: string }) {
  return <time dateTime={at} title={exact(at)} className="keep">{moment(at, new Date(now()))}</time>;
}

/** What is left of a deadline: seconds only where they count, so that a long list is calm. */
export function Left({ until }: { until: string }) {
  const say = useWords();
  const left = useTicking(Date.parse(until), true, SOON + MINUTE);
  return (
    <time dateTime={until} title={exact(until)} className={`left ${urgency(left)}`}>
      {left <= 0 ? say("left-over") : left > SOON && left < 60 * MINUTE ? say("duration-minutes", { minutes: Math.ceil(left / MINUTE) }) : spelled(say, left)}
    </time>
  );
}
