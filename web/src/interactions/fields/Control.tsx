//! One field: label, control, help, and what is wrong with it.
import { useId } from "react";
import { type Control, Controller, type FieldValues } from "react-hook-form";
import type { FieldSpec } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { Plain } from "../../ui/Plain";
import { type Held, faultOf, labelOf, many, optionsIn, typeOf } from "./shape";
import "./fields.css";

const NATIVE: Record<string, string> = {
  number: "text", integer: "text", email: "email", url: "url", password: "password", date: "date", datetime: "datetime-local",
  time: "time", tel: "tel", color: "color", range: "range",
};
const LONG = new Set(["textarea", "json"]);

interface Props {
  field: FieldSpec;
  /** The place in the form: names of others may hold anything, so fields go by number. */
  name: string;
  control: Control<FieldValues>;
  frozen: boolean;
  objection: string | undefined;
}

export function FieldControl({ field, name, control, frozen, objection }: Props) {
  const say = useWords();
  const id = useId();
  const type = typeOf(field);
  const options = optionsIn(field);
  const help = inLanguage(field.help);
  const several = many(field);
  const group = several || type === "radio";
  return (
    <Controller
      name={name}
      control={control}
      rules={{ validate: (value: Held) => {
        const fault = faultOf(field, value);
        return fault ? say(fault.word, fault.args) : true;
      } }}
      render={({ field: bound, fieldState }) => {
        const wrong = fieldState.error?.message || objection;
        const shared = {
          id, disabled: frozen, "aria-invalid": wrong ? true : undefined, "aria-describedby": `${id}-help`,
          onBlur: bound.onBlur, ref: bound.ref,
        } as const;
        const value = bound.value as Held;
        const labelled = (
          <>
            <Plain text={labelOf(field)} />
            {!field.required && type !== "checkbox" && <span className="optional"> {say("optional")}</span>}
          </>
        );
        const note = (
          <span id={`${id}-help`} className="field-note">
            {wrong ? <span className="field-error" role="alert"><Plain text={wrong} /></span> : help && <span className="quiet small"><Plain text={help} /></span>}
          </span>
        );
        if (type === "checkbox" && !several) {
          return (
            <div className="field tick">
              <label><input type="checkbox" {...shared} checked={value === true} onChange={(event) => bound.onChange(event.target.checked)} /><span>{labelled}</span></label>
              {note}
            </div>
          );
        }
        if (group) {
          const picked = Array.isArray(value) ? value : [value];
          return (
            <fieldset className="field" aria-describedby={`${id}-help`}>
              <legend className="label">{labelled}</legend>
              {options.map((option, index) => (
                <label key={index} className="tick-line">
                  <input
                    type={several ? "checkbox" : "radio"}
                    name={id}
                    disabled={frozen}
                    aria-invalid={wrong ? true : undefined}
                    ref={index === 0 ? bound.ref : undefined}
                    checked={picked.includes(String(index))}
                    onBlur={bound.onBlur}
                    onChange={(event) => bound.onChange(several
                      ? event.target.checked ? [...(picked as string[]), String(index)] : (picked as string[]).filter((each) => each !== String(index))
                      : String(index))}
                  />
                  <span>
                    <Plain text={inLanguage(option.label) || String(option.value)} />
                    {option.description != null && <span className="tick-note small quiet"><Plain text={inLanguage(option.description)} /></span>}
                  </span>
                </label>
              ))}
              {note}
            </fieldset>
          );
        }
        return (
          <div className="field">
            <label htmlFor={id} className="label">{labelled}</label>
            {type === "select" ? (
              <select className="control" {...shared} value={String(value)} onChange={(event) => bound.onChange(event.target.value)}>
                <option value="">{say("choose")}</option>
                {options.map((option, index) => <option key={index} value={index}>{inLanguage(option.label) || String(option.value)}</option>)}
              </select>
            ) : LONG.has(type) ? (
              <textarea rows={type === "json" ? 4 : 3} className={type === "json" ? "mono" : ""} {...shared} value={String(value)} placeholder={inLanguage(field.placeholder)} spellCheck={type !== "json"} onChange={(event) => bound.onChange(event.target.value)} />
            ) : (
              <span className={`control-line ${type}`}>
                <input
                  type={NATIVE[type] ?? "text"}
                  inputMode={type === "integer" ? "numeric" : type === "number" ? "decimal" : undefined}
                  {...shared}
                  value={String(value)}
                  min={type === "range" ? (field.min_value ?? undefined) : undefined}
                  max={type === "range" ? (field.max_value ?? undefined) : undefined}
                  autoComplete={type === "password" ? "new-password" : "off"}
                  placeholder={inLanguage(field.placeholder)}
                  onChange={(event) => bound.onChange(event.target.value)}
                />
                {type === "range" && <output className="ticks">{String(value)}</output>}
              </span>
            )}
            {note}
          </div>
        );
      }}
    />
  );
}
