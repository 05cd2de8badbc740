import { api, taken } from "../../api/client";
import type { CreateBody, Session } from "../../api/types";

/** Opens a real session from a create body. */
export async function open(body: unknown): Promise<Session> {
  return (await taken(api.POST("/api/sessions", { body: body as CreateBody }))).session as Session;
}

/** A first request for an empty inbox. */
export const sendTest = async (kind: string): Promise<Session> => open((await import("./samples")).samples[kind]);
