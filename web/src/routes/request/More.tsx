import { type RefObject, useId, useState } from "react";
import type { Session } from "../../api/types";
import { useWords, withWords } from "../../language";
import { late } from "../../late";
import { IconButton } from "../../ui/Button";

const menu = late(withWords(() => import("./Menu"), "aside"));

/** ⋯ and the menu behind it, which is fetched when somebody is about to open it. */
export function More({ session, place }: { session: Session; place: RefObject<HTMLDivElement | null> }) {
  const say = useWords();
  const [turn, toggled] = useState(0);
  const [wanted, want] = useState(false);
  const part = menu.use(wanted);
  // The menu is twice on the page, for a desk and for a phone, and only one of them is seen.
  const id = useId();
  return (
    <span className="more" onPointerEnter={() => want(true)} onFocus={() => want(true)}>
      <IconButton icon="more" label={say("more-actions")} popoverTarget={id} />
      <div ref={place} id={id} popover="auto" className="menu" onToggle={() => (want(true), toggled(turn + 1))}>
        {part && wanted && <part.Menu session={session} turn={turn} close={() => place.current?.hidePopover()} />}
      </div>
    </span>
  );
}
