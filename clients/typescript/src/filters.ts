//! Which sessions to list.
import type { Query } from "./http.js";
import { known } from "./interactions.js";
import type { Schemas } from "./wire.js";

/** The most that one page of a list holds. */
export const PAGE = 500;

/** All of them must fit. Without any: the open sessions, newest first. */
export interface Filters {
  /** One or several statuses, or `all`. */
  status?: Schemas["StatusFilter"] | readonly Schemas["StatusFilter"][];
  interaction_type?: string | readonly string[];
  /** Alone, it lists all statuses of that workflow. */
  workflow_id?: string;
  assignee?: string;
  /** With all of these labels. */
  tag?: string | readonly string[];
  /** Text in title or message. */
  q?: string;
  created_after?: Date;
  created_before?: Date;
  sort?: Schemas["SessionOrder"];
}

const NAMES = ["status", "interaction_type", "workflow_id", "assignee", "tag", "q", "created_after", "created_before", "sort"];

/** The query's parameters. */
export function query(filters: Filters): Query {
  known("a list of sessions", filters, NAMES);
  const { created_after, created_before, ...rest } = filters;
  return { ...rest, created_after: created_after?.toISOString(), created_before: created_before?.toISOString() };
}
