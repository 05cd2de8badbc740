//! Coming and going.
import { identity, know, whoAmI } from "../../me";
import type { Me } from "../accounts";
import { call } from "./call";

/** What the page knew of the server, with somebody in it. */
async function came(me: Me): Promise<void> {
  const { auth } = identity();
  if (auth) await know({ me, auth: { ...auth, setup: false } });
  else await whoAmI();
}

export async function signIn(login: string, password: string): Promise<void> {
  await came((await call<{ me: Me }>("POST", "/login", { body: { login, password } })).me);
}

export async function setUp(given: { secret: string; login: string; name: string; password: string }): Promise<void> {
  await came((await call<{ me: Me }>("POST", "/setup", { body: given })).me);
}

/** Uses a guest's link up. Returns the one request that it is for. */
export async function enterAsGuest(secret: string): Promise<string> {
  const told = await call<{ me: Me; session_id: string }>("POST", "/guest", { body: { secret } });
  await came({ ...told.me, session_id: told.session_id });
  return told.session_id;
}

export async function signOut(): Promise<void> {
  await call("POST", "/logout");
  const { auth } = identity();
  if (auth) await know({ me: null, auth });
}

/** The way through the identity provider: an ordinary link. */
export const providerAddress = (returnTo: string): string => `/api/login/oauth?return_to=${encodeURIComponent(returnTo)}`;
