//! A fresh proof before a risky answer: the passkey signs what was shown and what is answered. Whatever goes wrong is a
//! `Problem` in plain words, so that the desk keeps the draft as with any other.
import { call } from "../api/accounts/call";
import { Problem } from "../api/problem";
import { words } from "../language";
import { credentialJson, type Json, obstacleHere, requestOptions } from "./webauthn";

export interface Assertion {
  state: string;
  credential: Json;
}

const stopped = (id: string): Problem => new Problem(403, { code: id, detail: words()(id) });

export async function assertion(id: string, response: unknown, hash: string): Promise<Assertion> {
  const barred = obstacleHere();
  if (barred) throw stopped(`passkey-no-${barred}`);
  const { options, state } = await call<{ options: Json; state: string }>("POST", `/sessions/${encodeURIComponent(id)}/step-up`, { body: { response, content_hash: hash } });
  let credential: Credential | null;
  try {
    credential = await navigator.credentials.get({ publicKey: requestOptions(options) });
  } catch {
    // Browsers do not say whether it was refused, forgotten or took too long.
    throw stopped("passkey-not-given");
  }
  if (!credential) throw stopped("passkey-not-given");
  return { state, credential: credentialJson(credential as PublicKeyCredential) };
}
