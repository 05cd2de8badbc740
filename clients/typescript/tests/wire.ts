//! The server's JSON, as the tests need it.
export const SESSION_ID = "01a21785-5780-72b5-9014-aa59040c337b";

export type Wire = Record<string, unknown>;

export const aSession = (session_id = SESSION_ID, changes: Wire = {}): Wire => ({
  session_id,
  workflow_id: null,
  status: "pending",
  created_at: "2026-11-26T11:02:24.384Z",
  expires_at: "2026-11-26T11:22:24.384Z",
  closed_at: null,
  error_message: null,
  interaction_data: { interaction_type: "confirmation", title: "Deploy?", message: "" },
  version: 1,
  content_hash: "e0c8ff24",
  on_timeout: "expire",
  ...changes,
});

export const aResponse = (session_id = SESSION_ID, changes: Wire = {}): Wire => ({
  session_id,
  response_data: { choice: "confirm" },
  submitted_at: "2026-11-26T11:03:00.000Z",
  user_id: "li.wei",
  source: "person",
  comment: "Go ahead.",
  ...changes,
});

export const completed = (session_id = SESSION_ID, response: Wire = {}): Wire =>
  aSession(session_id, { status: "completed", version: 2, response: aResponse(session_id, response) });

export const defaultUsed = (changes: Wire = {}): Wire => {
  const response = aResponse(SESSION_ID, { source: "timeout", user_id: null, response_data: { choice: "cancel" } });
  return aSession(SESSION_ID, { status: "timeout", on_timeout: "default", response, ...changes });
};
