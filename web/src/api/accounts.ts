//! Accounts as the wire tells of them: the generated types under the page's names. By hand only what the document cannot
//! say, because no server does: that a guest's link has ended.
import type { components } from "./schema";

type Schemas = components["schemas"];

export type Scope = Schemas["Scope"];

/** Who uses this page. */
export type Me = Schemas["Caller"] & {
  /** A guest whose link has ended; only this page says so. */
  ended?: boolean;
};

export type Auth = Schemas["Ways"];

/** What the server says of that. */
export type Known = Schemas["Me"];

/** What the page goes by; nobody is told apart from not yet asked. */
export interface Identity {
  me: Me | null;
  auth: Auth;
}

export type May = Schemas["May"];
export type SignIn = Schemas["Login"];
export type Passkey = Schemas["Passkey"];
export type User = Schemas["User"];
export type NewUser = Schemas["NewUserRequest"];
export type UserChange = Schemas["UserChangeRequest"];
/** People and groups to choose from. */
export type People = Schemas["Choices"];
export type Token = Schemas["Token"];
export type NewToken = Schemas["NewTokenRequest"];
export type GuestLink = Schemas["GuestLink"];
export type AuditEntry = Schemas["AuditEntry"];
