//! One's own account: sign-ins, password, passkeys.
import { queryOptions } from "@tanstack/react-query";
import { credentialJson, creationOptions, type Json } from "../../accounts/webauthn";
import type { Passkey, SignIn } from "../accounts";
import { call } from "./call";

export const signInsOf = queryOptions({
  queryKey: ["account", "logins"],
  queryFn: async ({ signal }) => (await call<{ logins: SignIn[] }>("GET", "/account/logins", { signal })).logins,
});

export const endSignIn = (id: string) => call("DELETE", `/account/logins/${encodeURIComponent(id)}`);

export const changePassword = (current: string, password: string) => call("PUT", "/account/password", { body: { current, password } });

export const passkeysOf = queryOptions({
  queryKey: ["account", "passkeys"],
  queryFn: async ({ signal }) => (await call<{ passkeys: Passkey[] }>("GET", "/account/passkeys", { signal })).passkeys,
});

/** Lets the browser make a passkey and registers it. */
export async function addPasskey(name: string): Promise<void> {
  const { options, state } = await call<{ options: Json; state: unknown }>("POST", "/account/passkeys/options");
  const credential = await navigator.credentials.create({ publicKey: creationOptions(options) });
  if (!credential) throw new DOMException("", "NotAllowedError");
  await call("POST", "/account/passkeys", { body: { name, state, credential: credentialJson(credential as PublicKeyCredential) } });
}

export const removePasskey = (id: string) => call("DELETE", `/account/passkeys/${encodeURIComponent(id)}`);
