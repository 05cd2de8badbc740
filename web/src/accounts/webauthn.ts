//! Passkeys between JSON and what the browser takes. Browsers have this themselves, older ones do not.

export type Json = Record<string, unknown>;

export function toBytes(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
  const bytes = new Uint8Array(plain.length);
  for (let at = 0; at < plain.length; at += 1) bytes[at] = plain.charCodeAt(at);
  return bytes;
}

export function toText(bytes: ArrayBuffer | null | undefined): string | undefined {
  if (!bytes) return undefined;
  const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

/** Some servers wrap the options as the browser's call wants them. */
const bare = (options: Json): Json => (typeof options.publicKey === "object" && options.publicKey ? (options.publicKey as Json) : options);

const described = (list: unknown) =>
  ((list ?? []) as Json[]).map((each) => ({ ...each, id: toBytes(String(each.id)) })) as unknown as PublicKeyCredentialDescriptor[];

type Parse = { parseCreationOptionsFromJSON?: (options: Json) => unknown; parseRequestOptionsFromJSON?: (options: Json) => unknown };
const browser = (): Parse => (globalThis as unknown as { PublicKeyCredential?: Parse }).PublicKeyCredential ?? {};

export function creationOptions(given: Json, parse = browser().parseCreationOptionsFromJSON): PublicKeyCredentialCreationOptions {
  const options = bare(given);
  if (parse) return parse.call(globalThis.PublicKeyCredential, options) as PublicKeyCredentialCreationOptions;
  const user = options.user as Json;
  return {
    ...options,
    challenge: toBytes(String(options.challenge)),
    user: { ...user, id: toBytes(String(user.id)) },
    excludeCredentials: described(options.excludeCredentials),
  } as unknown as PublicKeyCredentialCreationOptions;
}

export function requestOptions(given: Json, parse = browser().parseRequestOptionsFromJSON): PublicKeyCredentialRequestOptions {
  const options = bare(given);
  if (parse) return parse.call(globalThis.PublicKeyCredential, options) as PublicKeyCredentialRequestOptions;
  return {
    ...options,
    challenge: toBytes(String(options.challenge)),
    allowCredentials: described(options.allowCredentials),
  } as unknown as PublicKeyCredentialRequestOptions;
}

/** What the browser made of it, as JSON. */
export function credentialJson(credential: PublicKeyCredential): Json {
  if (typeof credential.toJSON === "function") return credential.toJSON() as unknown as Json;
  const response = credential.response as AuthenticatorAttestationResponse & AuthenticatorAssertionResponse;
  const all = {
    clientDataJSON: toText(response.clientDataJSON),
    attestationObject: toText(response.attestationObject),
    transports: response.getTransports?.(),
    authenticatorData: toText(response.authenticatorData),
    signature: toText(response.signature),
    userHandle: toText(response.userHandle),
  };
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)),
  };
}

export type Obstacle = "address" | "insecure" | "browser";

/** Why this browser cannot use passkeys on this page; null if it can. */
export function obstacle(place: { hostname: string }, secure: boolean, able: boolean): Obstacle | null {
  if (/^(\d+\.){3}\d+$|^\[|:/.test(place.hostname)) return "address";
  if (!secure) return "insecure";
  return able ? null : "browser";
}

export const obstacleHere = (): Obstacle | null => obstacle(location, isSecureContext, "PublicKeyCredential" in globalThis);
