import { useWords } from "../../language";
import { Icon } from "../../ui/Icon";
import { useTyped } from "../typed";
import { useFilter } from "./filter";

const KINDS = ["confirmation", "selection", "text_input", "file_upload", "review", "custom"];

export function Filters() {
  const say = useWords();
  const [filter, change] = useFilter();
  const [typed, type] = useTyped(filter.q, (q) => change({ q }));
  return (
    <div className="filters">
      <label className="search">
        <Icon name="search" size={16} />
        <span className="unseen">{say("search")}</span>
        <input type="search" id="search" value={typed} placeholder={say("search-placeholder")} onChange={(event) => type(event.target.value)} autoComplete="off" />
      </label>
      <select aria-label={say("filter-kind")} value={filter.kind} className={filter.kind ? "set" : ""} onChange={(event) => change({ kind: event.target.value })}>
        <option value="">{say("filter-kind-all")}</option>
        {KINDS.map((kind) => <option key={kind} value={kind}>{say(`kind-${kind}`)}</option>)}
      </select>
      <select aria-label={say("filter-risk")} value={filter.risk} className={filter.risk ? "set" : ""} onChange={(event) => change({ risk: event.target.value })}>
        <option value="">{say("filter-risk-all")}</option>
        {["high", "medium", "low"].map((risk) => <option key={risk} value={risk}>{say(`risk-${risk}`)}</option>)}
      </select>
    </div>
  );
}
