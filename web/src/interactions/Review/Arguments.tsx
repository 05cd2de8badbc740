//! Editing the arguments of an action: a control for each, by its type, and the whole as JSON for whoever wants that.
//! Invariant: a number stays one, digit for digit; what is none is not sent, but said.
import { useState } from "react";
import { parse, pretty } from "../../api/exact";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Plain } from "../../ui/Plain";
import { type Entry, entriesOf, isFault, retyped, textOf } from "./entries";

interface Props {
  /** The JSON as it was typed so far, or as it came. */
  text: string;
  change: (text: string) => void;
  done: () => void;
}

function fault(text: string): boolean {
  try {
    parse(text);
    return false;
  } catch {
    return true;
  }
}

export function Arguments({ text, change, done }: Props) {
  const say = useWords();
  const [entries, set] = useState<Entry[] | null>(() => entriesOf(text));
  const wrong = fault(text);
  const put = (index: number, typed: string) => {
    const next = (entries ?? []).map((each, at) => (at === index ? retyped(each, typed) : each));
    set(next);
    change(textOf(next));
  };
  return (
    <div className="arguments">
      {entries ? (
        entries.map((entry, index) => <One key={entry.key} entry={entry} first={index === 0} put={(typed) => put(index, typed)} />)
      ) : (
        <textarea className="mono" rows={Math.min(16, text.split("\n").length + 1)} spellCheck={false} autoFocus aria-label={say("review-edit")} aria-invalid={wrong || undefined} value={text} onChange={(event) => change(event.target.value)} />
      )}
      {wrong && !entries && <span className="field-error" role="alert">{say("fault-json")}</span>}
      <div className="review-edit">
        <Button small disabled={wrong} onClick={done}>{say("review-edit-done")}</Button>
        {entries ? (
          <Button small tone="plain" onClick={() => (wrong || change(pretty(parse(text))), set(null))}>{say("review-edit-json")}</Button>
        ) : (
          !wrong && entriesOf(text) && <Button small tone="plain" onClick={() => set(entriesOf(text))}>{say("review-edit-form")}</Button>
        )}
      </div>
    </div>
  );
}

function One({ entry, first, put }: { entry: Entry; first: boolean; put: (typed: string) => void }) {
  const say = useWords();
  const { key, kind, typed } = entry;
  const wrong = isFault(entry);
  const shared = { spellCheck: false, autoFocus: first, "aria-invalid": wrong || undefined, value: typed } as const;
  if (kind === "flag") {
    return (
      <div className="field tick">
        <label><input type="checkbox" checked={typed === "true"} onChange={(event) => put(String(event.target.checked))} /><span className="mono"><Plain text={key} /></span></label>
      </div>
    );
  }
  return (
    <label className="field">
      <span className="label mono"><Plain text={key} /></span>
      {kind === "number" ? (
        <span className="control-line number"><input inputMode="decimal" autoComplete="off" {...shared} onChange={(event) => put(event.target.value)} /></span>
      ) : (
        <textarea className="mono" rows={Math.min(12, Math.max(1, typed.split("\n").length))} {...shared} onChange={(event) => put(event.target.value)} />
      )}
      {wrong && <span className="field-error" role="alert">{say(kind === "number" ? "fault-number" : "fault-json")}</span>}
    </label>
  );
}
