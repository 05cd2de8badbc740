//! Who is to answer a request, and links for those without an account.
import { queryOptions } from "@tanstack/react-query";
import type { GuestLink } from "../accounts";
import type { Session } from "../types";
import { call } from "./call";

const path = (id: string, rest: string) => `/sessions/${encodeURIComponent(id)}/${rest}`;
type Told = { session: Session };

export const assign = async (id: string, assignee: string | null) => (await call<Told>("POST", path(id, "assign"), { body: { assignee } })).session;

export const delegate = async (id: string, to: string) => (await call<Told>("POST", path(id, "delegate"), { body: { to } })).session;

export const setCandidates = async (id: string, candidates: string[]) => (await call<Told>("PUT", path(id, "candidates"), { body: { candidates } })).session;

export const guestLinksOf = (id: string) =>
  queryOptions({
    queryKey: ["guest-links", id],
    queryFn: async ({ signal }) => (await call<{ links: GuestLink[] }>("GET", path(id, "guest-links"), { signal })).links,
  });

export const invite = (id: string, name: string, seconds: number | undefined) =>
  call<{ link: GuestLink; url: string }>("POST", path(id, "guest-links"), { body: { name, ...(seconds ? { expires_in: seconds } : {}) } });

export const endGuestLink = (id: string, link: string) => call("DELETE", path(id, `guest-links/${encodeURIComponent(link)}`));
