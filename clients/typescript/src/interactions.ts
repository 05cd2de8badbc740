//! What can be asked: one function for each kind. Each gives the wire's `interaction_data`, and knows what an answer to
//! it looks like. What a function does not know can be added to its result, or written by hand.
import { isObject } from "./session.js";
import type { Action, Consequences, Field, InteractionData, Option, Text } from "./wire.js";

/** Tells whether an answer has the kind's form. A symbol, so it never goes over the wire. */
export const fits = Symbol("fits");

/** What is asked, with what is given as its answer. */
export type Interaction<Data = unknown> = InteractionData & { readonly [fits]?: (data: unknown) => data is Data };

export type Scalar = string | number | boolean;
/** A bare value, or `{ value, label }`. */
export type Choice = Scalar | (Option & { value: Scalar });
/** What is chosen by choosing it. */
export type Chosen<Choices extends readonly Choice[]> = ValueOf<Choices[number]>;
type ValueOf<One> = One extends { value: infer Value } ? Value : One;

/** What every kind may show beside its own. */
export interface Shown {
  message?: Text;
  /** What will happen, shown before the decision. */
  consequences?: Consequences;
  /** What stands in for silence, with `on_timeout: "default"`: the bare value or the kind's whole answer. */
  default_value?: unknown;
  /** What the agent wants to do. */
  actions?: readonly Action[];
  data_for_review?: unknown;
  checkpoint_name?: string;
  /** Sessions of one node are shown as attempts at the same thing. */
  node_id?: string;
  attempt?: number;
}

const SHOWN = ["message", "consequences", "default_value", "actions", "data_for_review", "checkpoint_name", "node_id", "attempt"];

export interface SelectionOptions<Choices extends readonly Choice[] = readonly Choice[]> extends Shown {
  options: Choices;
  multiple?: boolean;
  min_choices?: number;
  max_choices?: number;
}

export interface FileOptions extends Shown {
  accept_types?: readonly string[];
  /** Bytes, or a text such as `"10MB"`. */
  max_file_size?: number | string;
  multiple?: boolean;
}

/** What a review of a plan has beside the plan. */
export interface PlanOptions {
  /** Sessions of one node are shown as attempts at the same thing. */
  node_id: string;
  /** Counts the tries at one `node_id` from 1, the default: people see the earlier ones and what changed. */
  attempt?: number;
  /** Without it the checkpoint's name is shown as title. */
  title?: Text;
  /** What else to fill in beside the decision. */
  fields?: readonly Field[];
  /** What the agent wants to do; several are decided one by one. */
  actions?: readonly Action[];
  consequences?: Consequences;
}

const PLAN = ["node_id", "attempt", "title", "fields", "actions", "consequences"];

/** Asks for a yes or no; answer `{ choice }`. Without `options`: `confirm` or `cancel`. */
export function confirmation(
  title: Text,
  shown: Shown & { options?: readonly Choice[] } = {},
): Interaction<{ choice: Scalar }> {
  return interaction("confirmation", title, shown, ["options"], (data): data is { choice: Scalar } => isScalar(data.choice));
}

/** Asks to pick; answer `{ selection }`: a value, a list of values with `multiple`. */
export function selection<const Choices extends readonly Choice[]>(
  title: Text,
  shown: SelectionOptions<Choices> & { multiple: true },
): Interaction<{ selection: Chosen<Choices>[] }>;
export function selection<const Choices extends readonly Choice[]>(
  title: Text,
  shown: SelectionOptions<Choices> & { multiple?: false },
): Interaction<{ selection: Chosen<Choices> }>;
export function selection(title: Text, shown: SelectionOptions): Interaction<{ selection: Scalar | Scalar[] }> {
  const values: unknown[] = shown.options.map((option) => (isObject(option) ? option.value : option));
  return interaction(
    "selection",
    title,
    shown,
    ["options", "multiple", "min_choices", "max_choices"],
    (data): data is { selection: Scalar | Scalar[] } =>
      shown.multiple
        ? Array.isArray(data.selection) && data.selection.every((value) => values.includes(value))
        : values.includes(data.selection),
  );
}

/** Asks to fill in fields; answer `{ [name]: value }`. */
export function textInput(
  title: Text,
  shown: Shown & { fields: readonly Field[] },
): Interaction<Record<string, unknown>> {
  return interaction("text_input", title, shown, ["fields"], (_data): _data is Record<string, unknown> => true);
}

/** Asks for files; answer `{ files: [file_id, …] }`, each to be fetched with `download`. */
export function fileUpload(title: Text, shown: FileOptions = {}): Interaction<{ files: string[] }> {
  const own = ["accept_types", "max_file_size", "multiple"];
  return interaction("file_upload", title, shown, own, (data): data is { files: string[] } =>
    Array.isArray(data.files) && data.files.every((file) => typeof file === "string"),
  );
}

/** Asks for anything that a JSON Schema admits. */
export function custom(title: Text, shown: Shown & { schema: unknown }): Interaction {
  return interaction("custom", title, shown, ["schema"]);
}

/** Asks to approve, change or stop a plan; the client's `review` asks it and reads the answer. */
export function planReview(checkpoint: string, message: Text, data: unknown, plan: PlanOptions): Interaction {
  const { title = checkpoint, ...given } = plan;
  if (!plan.node_id) throw new TypeError("a plan's review needs node_id");
  known("a plan's review", plan, PLAN);
  const shown = { attempt: 1, ...given, message, checkpoint_name: checkpoint, data_for_review: data };
  return interaction("review", title, shown, ["fields"]);
}

function interaction<Data>(
  kind: string,
  title: Text,
  shown: object,
  own: readonly string[],
  form?: (data: Record<string, unknown>) => data is Record<string, unknown> & Data,
): Interaction<Data> {
  known(kind, shown, [...SHOWN, ...own]);
  const given = Object.entries(shown).filter(([, value]) => value !== undefined);
  return {
    interaction_type: kind,
    title,
    message: "",
    ...(Object.fromEntries(given) as object),
    ...(form && { [fits]: (data: unknown): data is Data => isObject(data) && form(data) }),
  };
}

/** Left to the server a misspelt word would only be a warning, and the person would not see what was meant. */
export function known(what: string, given: object, names: readonly string[]): void {
  const strange = Object.keys(given).filter((name) => !names.includes(name));
  if (strange.length) throw new TypeError(`${what} takes no ${strange.join(", ")}`);
}

const isScalar = (value: unknown): value is Scalar => ["string", "number", "boolean"].includes(typeof value);
