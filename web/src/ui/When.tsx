import { exact, moment, spelled } from "../language/duration";
import { now, urgency, useTicking } from "../clock";
import { useWords } from "../language";

/** A moment: short in view, exact on hover and focus. */
export function When({ at }: { at: string }) {
  return <time dateTime={at} title={exact(at)} className="keep">{moment(at, new Date(now()))}</time>;
}

/** What is left of a deadline, ticking while it is near. */
export function Left({ until }: { until: string }) {
  const say = useWords();
  const left = useTicking(Date.parse(until));
  return (
    <time dateTime={until} title={exact(until)} className={`left ${urgency(left)}`}>
      {left <= 0 ? say("left-over") : spelled(say, left)}
    </time>
  );
}
