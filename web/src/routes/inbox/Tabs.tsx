import { useWords } from "../../language";
import { TABS, useFilter } from "./filter";
import { useCounts } from "./useInbox";

export function Tabs() {
  const say = useWords();
  const [filter, change] = useFilter();
  const counts = useCounts();
  return (
    <nav className="tabs" aria-label={say("tabs")}>
      {TABS.map((tab) => (
        <button key={tab} type="button" aria-current={filter.tab === tab ? "page" : undefined} onClick={() => change({ tab })}>
          {say(`tab-${tab}`)}
          {tab !== "done" && <span className="count ticks" data-count={tab}>{counts[tab]}{counts.more[tab] && "+"}</span>}
        </button>
      ))}
    </nav>
  );
}
