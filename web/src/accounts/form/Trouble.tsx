import type { Problem } from "../../api/problem";
import { useWords } from "../../language";
import { Icon } from "../../ui/Icon";

/** Why it did not work, in plain words. `words` has those that the page says itself, by code of the problem or of what it finds. */
export function Trouble({ problem, words = {} }: { problem: Problem | null; words?: Record<string, string> }) {
  const say = useWords();
  if (!problem) return null;
  const own = [problem.code, ...problem.issues.map(({ code }) => code)].find((code) => code in words);
  const said = (own && words[own]) ?? (problem.unreachable ? say("failure-unreachable-kept") : problem.issues.length ? say("trouble-invalid") : problem.message);
  return (
    <div className="trouble" role="alert">
      <Icon name={problem.unreachable ? "offline" : "warning"} size={18} />
      <div>
        <p>{said}</p>
        {problem.body.request_id && problem.status >= 500 && <p className="tiny mono">{say("request-id", { id: problem.body.request_id })}</p>}
      </div>
    </div>
  );
}
