import { useRoute, useSearch } from "wouter";
import { Link } from "wouter";
import { isOpen } from "../../api/types";
import { useWords } from "../../language";
import { isForMe } from "../../me";
import { usePreferences } from "../../preferences";
import { useOpenSessions } from "../inbox/useInbox";

/** After a decision: the one that presses most. */
export function NextUp() {
  const say = useWords();
  const me = usePreferences().name;
  const search = useSearch();
  const [, at] = useRoute("/r/:id");
  const { sessions } = useOpenSessions();
  const next = [...sessions.values()]
    .filter((each) => isOpen(each) && isForMe(each) && each.session_id !== at?.id && (!each.claimed_by || each.claimed_by === me))
    .sort((a, b) => Date.parse(a.expires_at) - Date.parse(b.expires_at))[0];
  if (!next) return <span className="quiet small">{say("next-none")}</span>;
  return <Link className="button outline slim" href={`/r/${next.session_id}${search ? `?${search}` : ""}`}>{say("next")} →</Link>;
}
