import { useWords } from "../../language";
import { useAddress } from "../address";
import { Typed } from "../typed";

const OUTCOMES = ["completed", "timeout", "cancelled", "error"] as const;
const WORDS = { completed: "outcome-answered", timeout: "outcome-timeout", cancelled: "outcome-cancelled", error: "outcome-error" };
const KINDS = ["confirmation", "selection", "text_input", "file_upload", "review", "custom"];

/** Filters live in the address, so that a view can be sent to somebody. */
export function HistoryFilters() {
  const say = useWords();
  const { params, set } = useAddress();
  const get = (name: string) => params.get(name) ?? "";
  return (
    <div className="history-filters">
      <Typed label={say("search")} value={get("q")} change={(value) => set("q", value)} />
      <Typed label={say("history-workflow")} value={get("workflow")} change={(value) => set("workflow", value)} />
      <select className="control" aria-label={say("history-outcome")} value={get("outcome")} onChange={(event) => set("outcome", event.target.value)}>
        <option value="">{say("history-outcome-all")}</option>
        {OUTCOMES.map((each) => <option key={each} value={each}>{say(WORDS[each])}</option>)}
      </select>
      <select className="control" aria-label={say("filter-kind")} value={get("kind")} onChange={(event) => set("kind", event.target.value)}>
        <option value="">{say("filter-kind-all")}</option>
        {KINDS.map((kind) => <option key={kind} value={kind}>{say(`kind-${kind}`)}</option>)}
      </select>
      <label className="history-day small quiet">{say("history-from")}<input type="date" className="control" value={get("from")} onChange={(event) => set("from", event.target.value)} /></label>
      <label className="history-day small quiet">{say("history-to")}<input type="date" className="control" value={get("to")} onChange={(event) => set("to", event.target.value)} /></label>
    </div>
  );
}
