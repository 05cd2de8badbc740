//! Accounts as the wire tells of them. Written by hand until the generated types have them; the shapes are the contract's.

export type WayIn = "password" | "basic" | "jwt" | "oauth";
export type Scope = "create" | "read" | "admin";

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

export interface May {
  respond: boolean;
  delegate: boolean;
  cancel: boolean;
  extend: boolean;
  assign: boolean;
  invite: boolean;
  redeliver: boolean;
}

/** What accounts add to a session. */
export interface AccountFacts {
  requester_token?: string | null;
  on_behalf_of?: string | null;
  watchers?: string[];
  /** What the caller may do; only where one session is asked for. */
  may?: May | null;
  step_up?: "passkey" | null;
  response?: { assertion?: { passkey: string; verified: boolean } | null } | null;
}

/** What accounts add to the history. */
export interface AccountEvent {
  to?: string | null;
  assignee?: string | null;
  candidates?: string[] | null;
  over?: string | null;
}

export interface SignIn {
  id: string;
  method: string;
  address: string | null;
  agent: string | null;
  created_at: string;
  expires_at: string | null;
  current: boolean;
}

export interface Passkey {
  id: string;
  name: string;
  created_at: string;
  last_used_at: string | null;
}

export interface User {
  login: string;
  name: string | null;
  email: string | null;
  groups: string[];
  admin: boolean;
  disabled_at: string | null;
  created_at: string;
  has_password: boolean;
  /** Comes from the identity provider. */
  external: boolean;
}

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

export interface Token {
  id: string;
  name: string;
  owner: string;
  scopes: Scope[];
  workflow_prefix: string | null;
  created_at: string;
  expires_at: string | null;
  last_used_at: string | null;
  revoked_at: string | null;
}

export interface NewToken {
  name: string;
  scopes: Scope[];
  workflow_prefix?: string;
  /** In seconds. */
  expires_in?: number;
  owner?: string;
}

export interface GuestLink {
  id: string;
  name: string;
  invited_by: string;
  created_at: string;
  expires_at: string | null;
  used_at: string | null;
  ended_at: string | null;
}

export interface AuditEntry {
  number: number;
  at: string;
  action: string;
  verdict: "done" | "refused";
  actor: string;
  on_behalf_of: string | null;
  method: string | null;
  credential: string | null;
  address: string | null;
  request_id: string | null;
  session_id: string | null;
  version: number | null;
  content_hash: string | null;
  subject: string | null;
  detail: Record<string, unknown> | null;
}
