//! Choosing a person, or a group, by typing a few letters: a combobox with a listbox after the ARIA pattern. Invariant: the
//! list keeps its room, so that nothing moves under a pointer on its way to a button.
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
  /** None, until one types or moves: Enter in an empty field chooses nobody. */
  const [at, move] = useState(-1);
  useEffect(() => type(value), [value]);
  useEffect(() => {
    const timer = setTimeout(() => ask(typed.trim()), PAUSE);
    return () => clearTimeout(timer);
  }, [typed]);
  const query = useQuery(peopleLike(q));
  const entries: Entry[] = [
    ...(query.data?.people ?? []).map(({ login, name }): Entry => ({ subject: login, label: name || login, detail: name && name !== login ? login : "" })),
    ...(groups ? (query.data?.groups ?? []) : []).map((name): Entry => ({ subject: `group:${name}`, label: name, detail: say("group-word") })),
  ].filter((each) => !without.includes(each.subject));
  const choose = (entry: Entry | undefined) => {
    if (!entry) return;
    change(entry.subject);
    type(entry.subject);
    move(-1);
  };
  const chosen = at < 0 ? undefined : entries[Math.min(at, entries.length - 1)];
  const told = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className="form-field person-field">
      <label className="label" htmlFor={id}>{label}</label>
      <input
        id={id} className="control" role="combobox" aria-expanded="true" aria-controls={`${id}-list`} aria-autocomplete="list"
        aria-activedescendant={chosen ? `${id}-${entries.indexOf(chosen)}` : undefined}
        aria-describedby={told} aria-invalid={!!error || undefined}
        autoComplete="off" autoCapitalize="off" spellCheck={false} value={typed}
        onChange={(event) => {
          type(event.target.value);
          change(event.target.value.trim());
          move(event.target.value.trim() ? 0 : -1);
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return;
          if (event.key === "ArrowDown") move(Math.min(entries.length - 1, at + 1));
          else if (event.key === "ArrowUp") move(Math.max(0, at - 1));
          else if (event.key === "Enter" && chosen && typed !== chosen.subject) choose(chosen);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={label} className="person-list">
        {entries.map((each, index) => (
          <li key={each.subject} id={`${id}-${index}`} role="option" aria-selected={each === chosen} ref={(element) => void (each === chosen && element?.scrollIntoView({ block: "nearest" }))} onPointerDown={(event) => event.preventDefault()} onClick={() => choose(each)}>
            <Icon name={each.subject === value ? "check" : each.subject.startsWith("group:") ? "inbox" : "person"} size={16} />
            <span><Plain text={each.label} /></span>
            {each.detail && <span className="small quiet"><Plain text={each.detail} /></span>}
          </li>
        ))}
        {!entries.length && query.isSuccess && <li role="option" aria-selected="false" aria-disabled="true" className="quiet small">{say("empty-match")}</li>}
      </ul>
      {hint && !error && <p className="small quiet" id={`${id}-hint`}>{hint}</p>}
      {error && <p className="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}
