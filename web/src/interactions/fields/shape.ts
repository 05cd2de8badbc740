//! From a field's specification to what a form holds, and back to what the answer says. Pure.
import { parse } from "../../api/exact";
import type { FieldSpec, Option } from "../../api/types";
import { inLanguage } from "../../language/text";

/** What a control holds: text, ticks of options by index, or a tick. */
export type Held = string | string[] | boolean;

export const typeOf = (field: FieldSpec): string => field.field_type ?? "text";

export const optionsIn = (field: FieldSpec): Option[] =>
  ((field.options ?? []) as (Option | string)[]).map((each) =>
    typeof each === "object" ? each : ({ value: each, label: String(each) } as Option));

export const many = (field: FieldSpec): boolean =>
  typeOf(field) === "multiselect" || (typeOf(field) === "checkbox" && optionsIn(field).length > 0);

export const chosen = (field: FieldSpec): boolean =>
  many(field) || typeOf(field) === "select" || typeOf(field) === "radio";

const indexOf = (options: Option[], value: unknown): string => {
  const at = options.findIndex((each) => each.value === value || String(each.value) === String(value));
  return at < 0 ? "" : String(at);
};

/** What a control starts with. */
export function held(field: FieldSpec, value: unknown): Held {
  const options = optionsIn(field);
  if (many(field)) return (Array.isArray(value) ? value : value == null ? [] : [value]).map((each) => indexOf(options, each)).filter(Boolean);
  if (chosen(field)) return value == null ? "" : indexOf(options, value);
  if (typeOf(field) === "checkbox") return value === true || value === "true";
  if (value == null) return typeOf(field) === "range" ? String(field.min_value ?? 0) : "";
  if (typeOf(field) === "json") return typeof value === "string" ? value : JSON.stringify(value, null, 2);
  if (typeOf(field) === "datetime") return local(String(value));
  return String(value);
}

/** RFC 3339 as the browser's control wants it. */
function local(iso: string): string {
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return "";
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** What the answer says; undefined where nothing was given. */
export function given(field: FieldSpec, value: Held | undefined): unknown {
  const options = optionsIn(field);
  if (Array.isArray(value)) {
    const values = value.map((each) => options[Number(each)]?.value);
    return values.length || field.required ? values : undefined;
  }
  if (typeof value === "boolean") return value;
  if (value === undefined || value === "") return undefined;
  switch (typeOf(field)) {
    case "select":
    case "radio":
      return options[Number(value)]?.value;
    case "number":
    case "integer":
    case "range": {
      const number = Number(value);
      // What a double cannot hold goes as text; the server reads its digits.
      return Number.isSafeInteger(number) || !/^-?\d+$/.test(value) ? (Number.isNaN(number) ? value : number) : value;
    }
    case "json":
      return parse(value);
    case "datetime":
      return new Date(value).toISOString();
    default:
      return value;
  }
}

export type Fault = { word: string; args?: Record<string, string | number> } | null;

/** What is wrong, as far as the page can tell; the server judges in the end. */
export function faultOf(field: FieldSpec, value: Held | undefined): Fault {
  const none = value === undefined || value === "" || (Array.isArray(value) && !value.length);
  if (none) return field.required ? { word: "fault-required" } : null;
  if (typeof value !== "string") return null;
  const type = typeOf(field);
  if (type === "json") {
    try {
      parse(value);
    } catch {
      return { word: "fault-json" };
    }
  }
  if (["number", "integer", "range"].includes(type)) {
    const number = Number(value);
    if (Number.isNaN(number) || (type === "integer" && !/^[+-]?\d+$/.test(value.trim()))) return { word: `fault-${type === "integer" ? "integer" : "number"}` };
    if (field.min_value != null && number < field.min_value) return { word: "fault-min", args: { limit: field.min_value } };
    if (field.max_value != null && number > field.max_value) return { word: "fault-max", args: { limit: field.max_value } };
  }
  if (type === "email" && !/^\S+@\S+\.\S+$/.test(value)) return { word: "fault-email" };
  if (type === "url" && !/^https?:\/\/\S+$/i.test(value)) return { word: "fault-url" };
  if (field.validation && !matches(field.validation, value)) return { word: "fault-pattern", args: { pattern: field.validation } };
  return null;
}

/** The server's patterns are of another dialect: what this browser cannot read, it does not judge. */
function matches(pattern: string, value: string): boolean {
  if (value.length > 1_000) return true;
  try {
    return new RegExp(`^(?:${pattern})$`, "u").test(value);
  } catch {
    return true;
  }
}

export const labelOf = (field: FieldSpec): string => inLanguage(field.label) || field.name;
