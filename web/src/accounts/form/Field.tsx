//! Fields of a form: label, hint and objection belong to the field for whoever hears the page, too.
import { type InputHTMLAttributes, type ReactNode, useId, useState } from "react";
import { useWords } from "../../language";
import "./form.css";

interface Around {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  optional?: boolean;
}

type Props = Around & { value: string; change: (value: string) => void } & Omit<InputHTMLAttributes<HTMLInputElement>, "value" | "onChange">;

export function Field({ label, hint, error, optional, value, change, children, ...rest }: Props & { children?: ReactNode }) {
  const say = useWords();
  const id = useId();
  const told = error ? `${id}-error` : hint ? `${id}-hint` : undefined;
  return (
    <div className="form-field">
      <label className="label" htmlFor={id}>{label}{optional && <span className="optional"> {say("optional")}</span>}</label>
      <div className="form-input">
        <input className="control" {...rest} id={id} value={value} aria-invalid={!!error || undefined} aria-describedby={told} onChange={(event) => change(event.target.value)} />
        {children}
      </div>
      {hint && !error && <p className="small quiet" id={`${id}-hint`}>{hint}</p>}
      {error && <p className="field-error" id={`${id}-error`}>{error}</p>}
    </div>
  );
}

/** A password, hidden until one wants to see it; says when Caps Lock is on. */
export function PasswordField(props: Omit<Props, "type">) {
  const say = useWords();
  const [seen, see] = useState(false);
  const [caps, setCaps] = useState(false);
  const hint = caps ? say("caps-lock") : props.hint;
  return (
    <Field
      {...props}
      hint={hint}
      type={seen ? "text" : "password"}
      autoCapitalize="off"
      spellCheck={false}
      onKeyUp={(event) => setCaps(event.getModifierState("CapsLock"))}
      onBlur={() => setCaps(false)}
    >
      <button type="button" className="form-see small" aria-pressed={seen} onClick={() => see(!seen)}>{say(seen ? "password-hide" : "password-show")}</button>
    </Field>
  );
}

/** A word and why, beside a box. */
export function Check({ label, hint, checked, change, disabled }: { label: ReactNode; hint?: ReactNode; checked: boolean; change: (checked: boolean) => void; disabled?: boolean }) {
  return (
    <label className="form-check">
      <input type="checkbox" checked={checked} disabled={disabled} onChange={(event) => change(event.target.checked)} />
      <span>{label}{hint && <span className="small quiet">{hint}</span>}</span>
    </label>
  );
}
