//! What a client says who it is with. It goes to the server and nowhere else: not into an error, not into `inspect`.

/** A token (`ask_…` or a JWT), or what gives one: asked anew for each request, so that tokens may change. */
export type Token = string | (() => string | Promise<string>);

export class Credential {
  readonly #token: Token;

  constructor(token: Token | undefined) {
    this.#token = token ?? environment().ASKWELL_TOKEN ?? "";
  }

  /** The header that says who asks; none without a token. Throws what the caller's function throws. */
  async header(): Promise<Record<string, string>> {
    // Out of files and variables tokens come with the line's end.
    const token = (typeof this.#token === "string" ? this.#token : await this.#token()).trim();
    // Refused here, because whoever else refuses it quotes it.
    if (/[^\x21-\x7e]/.test(token)) throw new TypeError("the token holds characters that no token has");
    return token ? { Authorization: `Bearer ${token}` } : {};
  }
}

function environment(): Record<string, string | undefined> {
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } };
  return process?.env ?? {};
}
