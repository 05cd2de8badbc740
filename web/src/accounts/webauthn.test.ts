import { describe, expect, it } from "vitest";
import { creationOptions, credentialJson, obstacle, requestOptions, toBytes, toText } from "./webauthn";

const bytes = (...values: number[]) => new Uint8Array(values).buffer;

describe("passkeys as JSON", () => {
  it("base64url in both directions, whatever the length", () => {
    for (let length = 0; length < 40; length += 1) {
      const given = Uint8Array.from({ length }, (_, index) => (index * 37 + length) % 256);
      const text = toText(given.buffer) ?? "";
      expect(text).not.toMatch(/[+/=]/);
      expect([...toBytes(text)]).toEqual([...given]);
    }
    expect(toText(bytes(251, 255))).toBe("-_8");
    expect([...toBytes("-_8")]).toEqual([251, 255]);
    expect(toText(null)).toBeUndefined();
  });

  const creation = { challenge: "AQI", rp: { id: "localhost", name: "Askwell" }, user: { id: "Aw", name: "mei", displayName: "Mei" }, pubKeyCredParams: [{ type: "public-key", alg: -7 }], excludeCredentials: [{ id: "BA", type: "public-key" }] };

  it("makes bytes of what is bytes, where the browser cannot", () => {
    for (const given of [creation, { publicKey: creation }]) {
      const options = creationOptions(given, undefined);
      expect([...(options.challenge as Uint8Array)]).toEqual([1, 2]);
      expect([...(options.user.id as Uint8Array)]).toEqual([3]);
      expect(options.user.name).toBe("mei");
      expect([...(options.excludeCredentials?.[0]?.id as Uint8Array)]).toEqual([4]);
      expect(options.pubKeyCredParams).toEqual(creation.pubKeyCredParams);
    }
    const options = requestOptions({ challenge: "AQI", allowCredentials: [{ id: "BA", type: "public-key" }], userVerification: "required" }, undefined);
    expect([...(options.allowCredentials?.[0]?.id as Uint8Array)]).toEqual([4]);
    expect(options.userVerification).toBe("required");
    expect(requestOptions({ challenge: "AQI" }, undefined).allowCredentials).toEqual([]);
  });

  it("leaves it to the browser that can", () => {
    const seen: unknown[] = [];
    const parse = (options: unknown) => (seen.push(options), options);
    creationOptions({ publicKey: creation }, parse);
    requestOptions({ challenge: "AQI" }, parse);
    expect(seen).toEqual([creation, { challenge: "AQI" }]);
  });

  it("writes what the browser made, with only what there is", () => {
    const made = { id: "BA", rawId: bytes(4), type: "public-key", authenticatorAttachment: "platform", getClientExtensionResults: () => ({}), response: { clientDataJSON: bytes(1), attestationObject: bytes(2), getTransports: () => ["internal"] } };
    expect(credentialJson(made as unknown as PublicKeyCredential)).toEqual({
      id: "BA", rawId: "BA", type: "public-key", authenticatorAttachment: "platform", clientExtensionResults: {},
      response: { clientDataJSON: "AQ", attestationObject: "Ag", transports: ["internal"] },
    });
    const proof = { ...made, response: { clientDataJSON: bytes(1), authenticatorData: bytes(2), signature: bytes(3), userHandle: null } };
    expect(credentialJson(proof as unknown as PublicKeyCredential).response).toEqual({ clientDataJSON: "AQ", authenticatorData: "Ag", signature: "Aw" });
    expect(credentialJson({ toJSON: () => ({ id: "x" }) } as unknown as PublicKeyCredential)).toEqual({ id: "x" });
  });

  it("says why there can be none", () => {
    expect(obstacle({ hostname: "127.0.0.1" }, true, true)).toBe("address");
    expect(obstacle({ hostname: "[::1]" }, true, true)).toBe("address");
    expect(obstacle({ hostname: "askwell.lan" }, false, true)).toBe("insecure");
    expect(obstacle({ hostname: "askwell.example" }, true, false)).toBe("browser");
    expect(obstacle({ hostname: "localhost" }, true, true)).toBeNull();
    expect(obstacle({ hostname: "10.example" }, true, true)).toBeNull();
  });
});
