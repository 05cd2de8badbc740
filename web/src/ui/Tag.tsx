import type { Risk } from "../api/types";
import { useWords } from "../language";
import { Icon } from "./Icon";
import "./tag.css";

/** A risk that the requester asserts; none and low say nothing. */
export function RiskTag({ risk }: { risk: Risk | null | undefined }) {
  const say = useWords();
  if (risk !== "high" && risk !== "medium") return null;
  return (
    <span className={`tag ${risk}`} title={say("risk-claimed")}>
      <Icon name="warning" size={14} />
      {say(`risk-${risk}`)}
    </span>
  );
}
