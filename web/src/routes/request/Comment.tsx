import { useWords } from "../../language";
import type { Desk } from "./desk";

/** Why one decides so. Belongs to every answer, yes or no. */
export function Comment({ desk, frozen }: { desk: Desk; frozen: boolean }) {
  const say = useWords();
  return (
    <label className="comment">
      <span className="label">{say("comment")} <span className="optional">{say("optional")}</span></span>
      <textarea rows={1} value={desk.comment} disabled={frozen} maxLength={1300} placeholder={say("comment-placeholder")} onChange={(event) => desk.remark(event.target.value)} />
    </label>
  );
}
