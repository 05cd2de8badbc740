import type { Problem } from "../../api/problem";
import { useWords } from "../../language";
import { Plain } from "../../ui/Plain";
import type { Parsed } from "./draft";
import type { Previewed } from "./usePreview";

/** What is wrong and what is odd about the draft, each with its place. */
export function Faults({ parsed, problem, warnings }: { parsed: Parsed; problem: Problem | null; warnings: Previewed["warnings"] }) {
  const say = useWords();
  return (
    <div role="status" className="play-faults small">
      {"fault" in parsed && <p className="field-error">{parsed.line ? say("play-line", { line: parsed.line, what: parsed.fault }) : parsed.fault}</p>}
      {problem && !problem.issues.length && <p className="field-error">{problem.unreachable ? say("failure-unreachable") : problem.message}</p>}
      {problem?.issues.map((issue) => <Place key={`${issue.pointer} ${issue.code}`} pointer={issue.pointer} detail={issue.detail} className="field-error" />)}
      {warnings.map((each) => <Place key={`${each.pointer} ${each.code}`} pointer={each.pointer} detail={each.detail} className="quiet" />)}
    </div>
  );
}

function Place({ pointer, detail, className }: { pointer?: string | null; detail: string; className: string }) {
  return <p className={className}>{pointer && <><code><Plain text={pointer} /></code> </>}<Plain text={detail} /></p>;
}
