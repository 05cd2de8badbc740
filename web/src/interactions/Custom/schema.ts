//! From a JSON Schema to fields, as far as it goes. What no field can hold is given as JSON. Pure.
import type { FieldSpec } from "../../api/types";

export interface Schema {
  type?: string | string[];
  title?: string;
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  $ref?: string;
  $defs?: Record<string, Schema>;
}

export interface SchemaField {
  spec: FieldSpec;
  /** Lines of a text that stand for a list of texts. */
  lines: boolean;
}

const FORMATS: Record<string, string> = { email: "email", uri: "url", date: "date", "date-time": "datetime", time: "time" };

function resolved(schema: Schema, root: Schema): Schema {
  if (!schema.$ref) return schema;
  let found: unknown = root;
  for (const part of schema.$ref.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    found = (found as Record<string, unknown> | undefined)?.[part.replace(/~1/g, "/").replace(/~0/g, "~")];
  }
  const { $ref: _, ...beside } = schema;
  return { ...(found as Schema | undefined), ...beside };
}

function fieldOf(name: string, given: Schema, required: boolean, root: Schema): SchemaField {
  const schema = resolved(given, root);
  const spec: Record<string, unknown> = { name, label: schema.title ?? name, help: schema.description, required, default: schema.default };
  const type = Array.isArray(schema.type) ? schema.type.find((each) => each !== "null") : schema.type;
  let lines = false;
  const items = schema.items && resolved(schema.items, root);
  if (schema.enum) Object.assign(spec, { field_type: schema.enum.length > 4 ? "select" : "radio", options: schema.enum.map((value) => ({ value, label: String(value) })) });
  else if (type === "boolean") spec.field_type = "checkbox";
  else if (type === "integer" || type === "number") Object.assign(spec, { field_type: type, min_value: schema.minimum, max_value: schema.maximum });
  else if (type === "string") Object.assign(spec, { field_type: FORMATS[schema.format ?? ""] ?? ((schema.maxLength ?? 0) > 200 ? "textarea" : "text") });
  else if (type === "array" && items?.enum) Object.assign(spec, { field_type: "multiselect", options: items.enum.map((value) => ({ value, label: String(value) })) });
  else if (type === "array" && items?.type === "string") {
    spec.field_type = "textarea";
    lines = true;
  } else spec.field_type = "json";
  return { spec: spec as unknown as FieldSpec, lines };
}

/** The fields of an object's schema; null where only JSON will do. */
export function fieldsOf(root: Schema): SchemaField[] | null {
  const schema = resolved(root, root);
  if (!schema.properties || !Object.keys(schema.properties).length) return null;
  const needed = new Set(schema.required);
  if ([...needed].some((name) => !schema.properties?.[name])) return null;
  return Object.entries(schema.properties).map(([name, each]) => fieldOf(name, each, needed.has(name), root));
}

/** The answer with lists made of lines again. */
export function answerOf(fields: SchemaField[], given: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    const lines = fields.find((each) => each.spec.name === name)?.lines;
    return [name, lines && typeof value === "string" ? value.split("\n").map((each) => each.trim()).filter(Boolean) : value];
  }));
}
