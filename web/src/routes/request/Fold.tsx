import { useState } from "react";
import type { Session } from "../../api/types";
import { useWords, withWords } from "../../language";
import { late } from "../../late";

const raw = late(withWords(() => import("./Raw"), "aside"));

/** Everything as it came, folded. It is fetched when somebody is about to unfold it. */
export function Fold({ session }: { session: Session }) {
  const say = useWords();
  const [wanted, want] = useState(false);
  const part = raw.use(wanted);
  return (
    <details className="fold" onToggle={(event) => event.currentTarget.open && want(true)}>
      <summary className="label" onPointerEnter={raw.fetch} onFocus={raw.fetch}>{say("raw")}</summary>
      {part && wanted && <part.Raw session={session} />}
    </details>
  );
}
