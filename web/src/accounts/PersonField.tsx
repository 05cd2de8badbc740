//! Choosing a person, or a group, by typing a few letters: a combobox with a listbox after the ARIA pattern.
import { useQuery } from "@tanstack/react-query";
import { useEffect, useId, useState } from "react";
import { peopleLike } from "../api/accounts/people";
import { useWords } from "../language";
import { Icon } from "../ui/Icon";
import { Plain } from "../ui/Plain";
import "./person.css";

interface Entry {
  /** As the wire names it. */
  subject: string;
  label: string;
  detail: string;
}

interface Props {
  label: string;
  hint?: string;
  error?: string | undefined;
  value: string;
  change: (subject: string) => void;
  /** Groups may be chosen, too. */
  groups?: boolean;
  /** Who is not offered. */
  without?: readonly string[];
}

const PAUSE = 150;

export function PersonField({ label, hint, error, value, change, groups, without = [] }: Props) {
  const say = useWords();
  const id = useId();
  const [typed, type] = useState(value);
  const [q, ask] = useState("");
  const [open, setOpen] = useState(false);
  const [at, move] = useState(0);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    const timer = setTimeout(() => ask(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const query = useQuery({ ...peopleLike(q), enabled: open });
  const entries: Entry[] = [
    ...(query.data?.people ?? []).map(({ login, name }): Entry => ({ subject: login, label: name || login, detail: name && name !== login ? login : "" })),
    ...(groups ? (query.data?.groups ?? []) : []).map((name): Entry => ({ subject: `group:${name}`, label: name, detail: say("group-word") })),
  ].filter((each) => !without.includes(each.subject));
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    change(entry.subject);
    type(entry.subject);
    setOpen(false);
  };
  const chosen = entries[Math.min(at, entries.length - 1)];
  const told = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="form-field person-field">
      <label className="label" htmlFor={id}>{label}</label>
      <input
        id={id} className="control" role="combobox" aria-expanded={open} aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={open && chosen ? `${id}-${entries.indexOf(chosen)}` : undefined}
        aria-describedby={told || undefined} aria-invalid={!!error || undefined}
        autoComplete="off" autoCapitalize="off" spellCheck={false} value={typed}
        onFocus={() => setOpen(true)} onBlur={() => setOpen(false)}
        onChange={(event) => {
          type(event.target.value);
          change(event.target.value.trim());
          move(0);
          setOpen(true);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "ArrowDown") open ? move(Math.min(entries.length - 1, at + 1)) : setOpen(true);
          else if (event.key === "ArrowUp") move(Math.max(0, at - 1));
          else if (event.key === "Enter" && open && chosen && typed !== chosen.subject) choose(chosen);
          else if (event.key === "Escape" && open) setOpen(false);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} className="person-list" hidden={!open || (!entries.length && !query.isSuccess)}>
        {entries.map((each, index) => (
          <li key={each.subject} id={`${id}-${index}`} role="option" aria-selected={each === chosen} onPointerDown={(event) => event.preventDefault()} onPointerMove={() => move(index)} onClick={() => choose(each)}>
            <Icon name={each.subject.startsWith("group:") ? "inbox" : "person"} size={16} />
            <span><Plain text={each.label} /></span>
            {each.detail && <span className="small quiet"><Plain text={each.detail} /></span>}
          </li>
        ))}
        {!entries.length && query.isSuccess && <li role="option" aria-selected="false" aria-disabled="true" className="quiet small">{say("empty-match")}</li>}
      </ul>
      {hint && <p className="small quiet" id={`${id}-hint`}>{hint}</p>}
      {error && <p className="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
