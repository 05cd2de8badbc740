//! Accounts as the wire tells of them: the generated types under the page's names. By hand only what the page knows more
//! narrowly (`Me`, `Auth`), or sends (`New…`).
import type { components } from "./schema";

type Schemas = components["schemas"];

export type WayIn = "password" | "basic" | "jwt" | "oauth";
export type Scope = Schemas["Scope"];

/** Who uses this page. */
export interface Me {
  kind: "user" | "token" | "guest" | "local";
  login: string | null;
  name: string | null;
  email?: string | null;
  groups: string[];
  admin: boolean;
  method?: string | null;
  expires_at?: string | null;
  /** A guest's one request. */
  session_id?: string | null;
  /** Who gave a guest their link. */
  invited_by?: string | null;
  has_password?: boolean;
  passkeys?: number;
  /** A guest whose link has ended; only this page says so. */
  ended?: boolean;
}

export interface Auth {
  enabled: boolean;
  ways: WayIn[];
  provider: string | null;
  /** There is no user yet. */
  setup: boolean;
  passkeys: boolean;
  guest_links: boolean;
  /** Whether whoever asked may answer, too. */
  requester_may_answer?: boolean;
}

export interface Identity {
  me: Me | null;
  auth: Auth;
}

export type May = Schemas["May"];
export type SignIn = Schemas["Login"];
export type Passkey = Schemas["Passkey"];
export type User = Schemas["User"];

export interface NewUser {
  login: string;
  name?: string;
  email?: string;
  groups?: string[];
  admin?: boolean;
  password?: string;
}

export type UserChange = Partial<Omit<NewUser, "login">> & { disabled?: boolean };

export interface People {
  people: { login: string; name: string | null }[];
  groups: string[];
}

export type Token = Schemas["Token"];

export interface NewToken {
  name: string;
  scopes: Scope[];
  workflow_prefix?: string;
  /** In seconds. */
  expires_in?: number;
  owner?: string;
}

export type GuestLink = Schemas["GuestLink"];
export type AuditEntry = Schemas["AuditEntry"];
