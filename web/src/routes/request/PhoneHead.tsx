import { useRef } from "react";
import { isOpen, type Session } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { IconButton } from "../../ui/Button";
import { Left } from "../../ui/When";
import { useOpener } from "../inbox/filter";
import { useNeighbours } from "../inbox/neighbours";
import { More } from "./More";

/** On a phone: back, where one is, the clock, and ⋯ for the rest. */
export function PhoneHead({ session }: { session?: Session }) {
  const say = useWords();
  const open = useOpener();
  const { index, total } = useNeighbours();
  const menu = useRef<HTMLDivElement>(null);
  return (
    <header className="phone-head">
      <IconButton icon="back" label={say("back")} onClick={() => open(null)} />
      {index >= 0 && <span className="quiet ticks">{index + 1} / {total}</span>}
      <span className="phone-head-clock" title={session && inLanguage(session.interaction_data.title)}>
        {session && isOpen(session) && <Left until={session.expires_at} />}
      </span>
      {session && <More session={session} place={menu} />}
    </header>
  );
}
