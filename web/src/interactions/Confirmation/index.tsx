//! Yes or no, in the requester's words.
import type { Option, Session } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { isNegative, optionsOf } from "../../outcome";
import { Plain } from "../../ui/Plain";
import { type Kind, irreversible, noTone } from "../kind";

function Answered({ session }: { session: Session }) {
  const say = useWords();
  const chosen = (session.response?.response_data as { choice?: unknown } | undefined)?.choice;
  const option = optionsOf(session).find((each) => each.value === chosen);
  return (
    <p className="answer-line">
      <span className="quiet">{say("answered-with")}</span> <strong><Plain text={inLanguage(option?.label) || String(chosen)} /></strong>
    </p>
  );
}

const label = (option: Option): string => {
  const shown = inLanguage(option.label) || String(option.value);
  return shown;
};

const kind: Kind = {
  Body: null,
  Answered,
  choices(session) {
    const options = optionsOf(session);
    const yes = options.find((each) => !isNegative(each, options)) ?? options[0];
    const no = options.find((each) => each !== yes && isNegative(each, options));
    const yesTone = irreversible(session) ? ("danger" as const) : ("solid" as const);
    // The no stands beside the yes, and that at the end.
    const place = (option: Option) => (option === yes ? 2 : option === no ? 1 : 0);
    return options
      .map((option, index) => ({ option, index }))
      .sort((a, b) => place(a.option) - place(b.option))
      .map(({ option, index }) => ({
        id: String(index),
        label: label(option),
        tone: option === yes ? yesTone : option === no ? noTone(session) : ("outline" as const),
        positive: option === yes || !isNegative(option, options),
        collects: false,
        ...(option === no ? { key: "r" } : {}),
      }));
  },
  replyTo: (session, choice) => ({ choice: optionsOf(session)[Number(choice)]?.value }),
};

export default kind;
