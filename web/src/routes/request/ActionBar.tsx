//! Where one decides. Invariants: one solid button; none is focused by itself; a single key only goes to a button, it
//! never presses it; what was never in view is first scrolled to.
import { type RefObject, useEffect, useRef } from "react";
import type { Session } from "../../api/types";
import type { Kind } from "../../interactions/kind";
import { commandKey, useKeys } from "../../keyboard";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import type { Desk } from "./desk";
import { useHold, useRenewal } from "./hold";
import { useOnceInView } from "./useOnceInView";
import { Who } from "./Who";

interface Props {
  session: Session;
  kind: Kind;
  desk: Desk;
  frozen: boolean;
  answering: RefObject<HTMLDivElement | null>;
}

export function ActionBar({ session, kind, desk, frozen, answering }: Props) {
  const say = useWords();
  const place = useRef<HTMLDivElement>(null);
  const hold = useHold(session);
  useRenewal(session);
  const seen = useOnceInView(answering, kind.Body !== null);
  const choices = kind.choices(session, desk.value, say);
  const goTo = (id: string) => {
    if (!seen()) return answering.current?.scrollIntoView({ block: "center" });
    place.current?.querySelector<HTMLButtonElement>(`[data-choice="${id}"]`)?.focus();
  };
  const main = choices.find((each) => each.tone === "solid" || each.tone === "danger");

  useKeys({
    "mod+enter": () => {
      if (frozen || !main || desk.checking) return;
      if (!seen()) return answering.current?.scrollIntoView({ block: "center" });
      void desk.press(main);
    },
    r: () => choices.some((each) => each.key === "r") && goTo(choices.find((each) => each.key === "r")?.id ?? ""),
    m: () => choices.some((each) => each.key === "m") && goTo(choices.find((each) => each.key === "m")?.id ?? ""),
    c: () => void hold.toggle().catch(() => undefined),
    ...(kind.Body === null
      ? Object.fromEntries(choices.map((each) => [String(Number(each.id) + 1), () => goTo(each.id)]))
      : {}),
  });

  // A wish that could not be fulfilled yet: show what is missing.
  useEffect(() => {
    if (!desk.wanted) return;
    const missing = answering.current?.querySelector<HTMLElement>("[aria-invalid=true], [data-wanted]");
    missing?.scrollIntoView({ block: "center" });
    missing?.focus();
  }, [desk.wanted, answering]);

  return (
    <footer className="bar" ref={place}>
      <div className="column bar-line">
        <Who session={session} />
        <div className={`bar-choices of-${Math.min(choices.length, 4)}`}>
          {choices.map((choice) => (
            <Button
              key={choice.id}
              data-choice={choice.id}
              tone={choice.tone}
              disabled={frozen || !!choice.blocked}
              title={choice.blocked}
              aria-busy={desk.sending || undefined}
              keyHint={choice === main ? `${commandKey()}↵` : choice.key?.toUpperCase()}
              onClick={() => void desk.press(choice)}
              onKeyDown={(event) => event.key === "Enter" && choice.positive && !event.ctrlKey && !event.metaKey && event.preventDefault()}
            >
              {choice.label}
            </Button>
          ))}
        </div>
      </div>
      {choices.some((each) => each.blocked) && <p className="column bar-blocked small quiet" role="status">{choices.find((each) => each.blocked)?.blocked}</p>}
    </footer>
  );
}
