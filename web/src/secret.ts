//! Secrets of links come in the fragment, which no server, log or referrer sees. Invariant: it leaves the address, and with
//! it the history of the browser, before anything else happens; nothing is sent until somebody presses.

let secret = "";

/** Takes the secret out of the address, if it brings one. */
export function takeSecret(): string {
  if (/^\/(setup|g)\/?$/.test(location.pathname) && location.hash.length > 1) {
    secret = location.hash.slice(1);
    history.replaceState(history.state, "", location.pathname);
  }
  return secret;
}

/** It has been used. */
export const dropSecret = (): void => void (secret = "");
