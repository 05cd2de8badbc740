import { exact, moment, spelled } from "../language/duration";
import { MINUTE, now, SOON, urgency, useTicking } from "../clock";
import { useWords } from "../language";

/** A moment: short in view, exact on hover and focus. */
export function When({ at }: { at: string }) {
  return <time dateTime={at} title={exact(at)} className="keep">{moment(at, new Date(now()))}</time>;
}

/** What is surely left of a deadline, in words, so that nobody takes it for a time of day; seconds only where they count. */
export function Left({ until }: { until: string }) {
  const say = useWords();
  const left = useTicking(Date.parse(until), true, SOON + MINUTE);
  const time = left <= MINUTE ? say("duration-seconds", { seconds: Math.ceil(left / 1000) }) : left < 60 * MINUTE ? say("duration-minutes", { minutes: Math.floor(left / MINUTE) }) : spelled(say, left);
  return (
    <time dateTime={until} title={exact(until)} className={`left ${urgency(left)}`}>
      {left <= 0 ? say("left-over") : say("left", { time })}
    </time>
  );
}
