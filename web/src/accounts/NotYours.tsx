//! Where the action bar would be, for somebody who may read and not answer: why, and what they can do.
import type { Session } from "../api/types";
import { useWords } from "../language";
import { useIdentity } from "../me";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Plain } from "../ui/Plain";
import { askedBy, isNamed } from "./concern";
import { hand } from "./handing";
import { namesOf } from "./Parties";

export function NotYours({ session }: { session: Session }) {
  const say = useWords();
  const who = useIdentity();
  const named = isNamed(session, who);
  const asked = askedBy(session, who.me?.login);
  const for_ = namesOf(say, [...(session.assignee ? [session.assignee] : []), ...(session.candidates ?? [])]);
  const why = named && asked ? say("not-yours-asked") : !named ? say(asked ? "not-yours-asked-named" : "not-yours-named", { names: for_ }) : say("not-yours");
  return (
    <footer className="bar not-yours">
      <div className="column bar-line">
        <p className="small"><Icon name="hold" size={16} /> <Plain text={why} /></p>
        {session.may?.assign && <Button small onClick={() => hand({ what: "assign", id: session.session_id })}>{say("hand-assign")}</Button>}
      </div>
    </footer>
  );
}
