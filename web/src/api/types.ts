import type { components } from "./schema";

type Schemas = components["schemas"];

/** A text that people read: one language, or several. */
export type Text = string | { [language: string]: string };

export type Session = Schemas["Session"];
/** What opens a session. Whoever types one by hand may have it wrong; the server says where. */
export type CreateBody = Schemas["CreateRequest"];
export type Interaction = Schemas["InteractionData"];
export type Option = Schemas["ChoiceOption"];
export type FieldSpec = Schemas["Field"];
export type Action = Schemas["Action"];
export type Issue = Schemas["Issue"];
export type Status = Schemas["Status"];
export type Risk = Schemas["Risk"];
export type Answer = Schemas["ResponseData"];
export type HistoryEvent = Schemas["HistoryEvent"];
export type UploadedFile = Schemas["File"];
export type ProblemBody = Schemas["Problem"];
export type Attempt = Schemas["Attempt"];

export type Open = "pending" | "active";
export const isOpen = (session: Pick<Session, "status">): boolean =>
  session.status === "pending" || session.status === "active";
