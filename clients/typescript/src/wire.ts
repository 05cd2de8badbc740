//! What goes over the wire, under the names of the OpenAPI document. `schema.ts` is generated from it: `npm run api`.
import type { components } from "./schema.js";

export type Schemas = components["schemas"];

/** One question to people, from open to closed. */
export type Session = Schemas["Session"];
/** What is asked. */
export type InteractionData = Schemas["InteractionData"];
/** What people read: a text, or one for each language: `{ "zh-CN": "…", en: "…" }`. */
export type Text = Schemas["Text"];
export type Field = Schemas["Field"];
export type Option = Schemas["ChoiceOption"];
export type Action = Schemas["Action"];
export type Consequences = Schemas["Consequences"];
export type Status = Schemas["Status"];
/** One change of one session. Go on behind it with `events({ after: event.cursor })`. */
export type Event = Schemas["FeedEvent"];
/** A mistake in a request, or something odd in it that was ignored: where it is (`pointer`), and what it is. */
export type Finding = Schemas["Issue"];
