//! One try: how long it may take, and what its failure means.
import { Unreachable } from "./errors.js";
import { Transient } from "./reply.js";

/** Of what Node.js says why a certificate is not trusted. */
const CERTIFICATE = /CERT|UNABLE_TO_VERIFY|ERR_TLS/;

/** Bounds one try by seconds and by the caller's signal. To be ended by whoever made it. */
export class Exchange {
  readonly #controller = new AbortController();
  readonly #caller: AbortSignal | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #stop = (): void => this.#controller.abort(this.#caller?.reason);

  constructor(seconds: number, caller: AbortSignal | undefined) {
    this.#caller = caller;
    if (caller?.aborted) this.#stop();
    else caller?.addEventListener("abort", this.#stop, { once: true });
    this.allow(seconds);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Counts from here on. */
  allow(seconds: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#controller.abort(new Error(`nothing came for ${seconds.toFixed(1)} s`)), seconds * 1000);
  }

  end(): void {
    clearTimeout(this.#timer);
    this.#caller?.removeEventListener("abort", this.#stop);
    // Whatever is left unread is not read any more: its connection is free.
    this.#controller.abort(new Error("the exchange is over"));
  }

  /** Does something over the network; `Transient` if that fails, and what the caller aborted with if they did. */
  async within<T>(act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (failed) {
      this.#caller?.throwIfAborted();
      const failure = failed instanceof Error ? failed : new Error(String(failed));
      const { cause } = failure as { cause?: { code?: unknown; message?: unknown } };
      if (CERTIFICATE.test(String(cause?.code))) {
        throw new Unreachable(`the server's certificate is not trusted: ${String(cause?.message)}`, { cause: failure });
      }
      throw new Transient(cause?.message ? new Error(`${failure.message}: ${String(cause.message)}`, { cause: failure }) : failure);
    }
  }

  /** Reads a reply to its end. */
  async read(reply: Response): Promise<Uint8Array> {
    return new Uint8Array(await this.within(() => reply.arrayBuffer()));
  }
}
