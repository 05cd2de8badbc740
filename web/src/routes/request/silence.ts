import type { Session } from "../../api/types";
import { inLanguage } from "../../language/text";
import { optionsOf } from "../../outcome";

/** The answer that stands in for silence, as a person would read it. */
export function defaultLabel(session: Session): string {
  return readAnswer(session, session.interaction_data.default_value);
}

/** An answer in the words of its options, else as it is. */
export function readAnswer(session: Session, answer: unknown): string {
  const bare =
    typeof answer === "object" && answer !== null && !Array.isArray(answer)
      ? ((answer as Record<string, unknown>).choice ?? (answer as Record<string, unknown>).selection ?? answer)
      : answer;
  const options = optionsOf(session);
  const name = (value: unknown): string => {
    const option = options.find((each) => each.value === value);
    if (option) return inLanguage(option.label) || String(option.value);
    return typeof value === "object" ? JSON.stringify(value) : String(value);
  };
  return Array.isArray(bare) ? bare.map(name).join(", ") : name(bare);
}
