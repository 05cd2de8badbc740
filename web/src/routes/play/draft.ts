//! From what stands in the editor to something that can be previewed. Pure.
import type { Session } from "../../api/types";

export type Parsed = { body: Record<string, unknown> } | { fault: string; line: number | null };

export function parse(text: string): Parsed {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { body: body as Record<string, unknown> };
    return { fault: "{ }", line: 1 };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message)?.[1];
    return { fault: message.replace(/ in JSON.*| \(line.*/, ""), line: at ? text.slice(0, Number(at)).split("\n").length : null };
  }
}

const ALIASES: Record<string, string> = { approval: "confirmation", choice: "selection", input: "text_input", form: "text_input", upload: "file_upload", expert_review: "review" };

/** A session as the server would make it of the draft, near enough to look at. */
export function previewOf(body: Record<string, unknown>, present: number): Session {
  const data = { ...(body.interaction_data as Record<string, unknown> | undefined) };
  const type = String(data.interaction_type ?? "");
  data.interaction_type = ALIASES[type] ?? type;
  const options = Array.isArray(data.options) ? data.options : data.interaction_type === "confirmation" ? ["confirm", "cancel"] : null;
  data.options = options?.map((each: unknown) => (typeof each === "object" && each !== null ? each : { value: each, label: String(each) })) ?? null;
  if (data.action && !data.actions) data.actions = [data.action];
  const timeout = Number(data.timeout ?? body.timeout ?? 300) || 300;
  const iso = (at: number) => new Date(at).toISOString();
  return {
    session_id: "preview", status: "pending", version: 1, content_hash: "", created_at: iso(present), updated_at: iso(present),
    expires_at: iso(present + timeout * 1000), requester: "local", workflow_id: body.workflow_id ?? null, metadata: body.metadata ?? null,
    risk: body.risk ?? null, on_timeout: body.on_timeout ?? "expire", interaction_data: data, tags: [], candidates: [], priority: "normal",
  } as unknown as Session;
}
