import { useState } from "react";
import type { Session } from "../../api/types";
import { useFeed } from "../../feed";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { prefer, usePreferences } from "../../preferences";
import { Avatar } from "../../ui/Avatar";
import { Plain } from "../../ui/Plain";

/** As whom one answers, and who else is looking. */
export function Who({ session }: { session: Session }) {
  const say = useWords();
  const { name } = usePreferences();
  const { part } = useIdentity();
  const [typed, type] = useState(name);
  const { presence } = useFeed();
  const others = [...new Set((presence.get(session.session_id) ?? []).map((each) => each.name))].filter((each) => each !== name);
  const id = `who-${session.session_id}`;
  return (
    <div className="who small">
      {others.length > 0 ? (
        <span className="who-others" role="status">
          {others.slice(0, 3).map((each) => <Avatar key={each} name={each} />)}
          <span><Plain text={say("also-viewing", { names: others.slice(0, 2).join(", "), count: others.length })} /></span>
        </span>
      ) : part ? (
        <span className="who-me"><Plain text={say("answering-as", { name: name.replace(/^guest:/, "") })} /></span>
      ) : (
        <button type="button" className="who-me" popoverTarget={id} aria-describedby={`${id}-unverified`}>
          <Plain text={say("answering-as", { name })} /> <span className="quiet">· <span className="who-unverified">{say("unverified")}</span></span>
        </button>
      )}
      <div id={id} popover="auto" className="menu who-edit" onToggle={(event) => event.newState === "closed" && typed.trim() && prefer({ name: typed.trim() })}>
        <label>
          <span className="label">{say("your-name")}</span>
          <input value={typed} maxLength={80} onChange={(event) => type(event.target.value)} onKeyDown={(event) => event.key === "Enter" && event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover()} />
        </label>
        <p id={`${id}-unverified`} className="tiny quiet">{say("unverified-detail")}</p>
      </div>
    </div>
  );
}
