//! ⌘K: go anywhere, do anything, by typing a few letters of it. A combobox with a listbox, after the ARIA pattern.
import { useEffect, useMemo, useState } from "react";
import { useLocation } from "wouter";
import { isOpen } from "../api/types";
import { useWords } from "../language";
import { language } from "../language/choice";
import { inLanguage } from "../language/text";
import { useIdentity } from "../me";
import { nextTheme, prefer } from "../preferences";
import { useOpenSessions } from "../routes/inbox/useInbox";
import { Dialog } from "../ui/Dialog";
import { Icon, type IconName, isIcon } from "../ui/Icon";
import { Plain } from "../ui/Plain";

interface Entry {
  id: string;
  icon: IconName;
  label: string;
  hint?: string;
  act: () => void;
}

export default function Palette({ open, onClose, help }: { open: boolean; onClose: () => void; help: () => void }) {
  const say = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={say("palette")} className="palette" bare>
      {open && <Inside close={onClose} help={help} />}
    </Dialog>
  );
}

function Inside({ close, help }: { close: () => void; help: () => void }) {
  const say = useWords();
  const [, go] = useLocation();
  const [typed, type] = useState("");
  const [at, move] = useState(0);
  const { sessions } = useOpenSessions();
  const { me, part } = useIdentity();

  const entries = useMemo<Entry[]>(() => {
    const places = (["inbox", "history", "play", "settings"] as const).map((name): Entry => ({
      id: name, icon: name, label: say("palette-go", { place: say(`nav-${name}`) }), act: () => go(name === "inbox" ? "/" : `/${name}`),
    }));
    const more = part ? [...part.placesOf(me), { path: "/account", name: "account", icon: "person" as const }].map(({ path, name, icon }): Entry => ({
      id: name, icon, label: say("palette-go", { place: say(`nav-${name}`) }), act: () => go(path),
    })) : [];
    const asked = [...sessions.values()].filter(isOpen).map((session): Entry => ({
      id: session.session_id,
      icon: isIcon(session.interaction_data.interaction_type) ? session.interaction_data.interaction_type : "unknown",
      label: inLanguage(session.interaction_data.title),
      hint: session.workflow_id ?? "",
      act: () => go(`/r/${session.session_id}`),
    }));
    return [
      ...asked,
      ...places,
      ...more,
      { id: "language", icon: "language", label: say("switch-language"), act: () => prefer({ language: language() === "en" ? "zh-CN" : "en" }) },
      { id: "theme", icon: "moon", label: say("switch-theme"), act: nextTheme },
      { id: "help", icon: "help", label: say("help-title"), hint: "?", act: () => setTimeout(help) },
    ];
  }, [sessions, say, go, help, me, part]);

  const wanted = typed.trim().toLowerCase();
  const shown = entries
    .filter((each) => `${each.label} ${each.hint ?? ""}`.toLowerCase().includes(wanted))
    .slice(0, 50);
  useEffect(() => move(0), [wanted]);
  const run = (entry: Entry | undefined) => {
    if (!entry) return;
    close();
    entry.act();
  };

  return (
    <>
      <input
        className="palette-input"
        autoFocus
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={shown[at] ? `palette-${at}` : undefined}
        aria-label={say("palette")}
        placeholder={say("palette-placeholder")}
        value={typed}
        onChange={(event) => type(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "ArrowDown") move(Math.min(shown.length - 1, at + 1));
          else if (event.key === "ArrowUp") move(Math.max(0, at - 1));
          else if (event.key === "Enter") run(shown[at]);
          else return;
          event.preventDefault();
        }}
      />
      <ul id="palette-list" role="listbox" aria-label={say("palette")} className="palette-list">
        {shown.map((entry, index) => (
          <li
            key={entry.id}
            id={`palette-${index}`}
            role="option"
            aria-selected={index === at}
            ref={(element) => void (index === at && element?.scrollIntoView({ block: "nearest" }))}
            onPointerMove={() => move(index)}
            onClick={() => run(entry)}
          >
            <Icon name={entry.icon} size={18} />
            <span className="palette-label"><Plain text={entry.label} /></span>
            {entry.hint && <span className="quiet tiny mono"><Plain text={entry.hint} /></span>}
          </li>
        ))}
        {!shown.length && <li className="quiet" role="option" aria-selected="false" aria-disabled="true">{say("empty-match")}</li>}
      </ul>
    </>
  );
}
