//! Where one goes after signing in. Invariant: only to an address of this page, whatever the link said.

const NOT_BACK_TO = /^\/(login|setup|g|api|docs|socket\.io)(\/|$)/;

/** The path, if it is one of ours; the inbox otherwise. */
export function safeReturn(given: string | null | undefined, origin: string = location.origin): string {
  // A second slash or a backslash makes a browser read a host; what is below a space it drops.
  if (!given?.startsWith("/") || /^\/[/\\]|[\\\x00-\x1f\x7f]/.test(given)) return "/";
  try {
    const url = new URL(given, origin);
    if (url.origin !== origin || url.pathname.startsWith("//") || NOT_BACK_TO.test(url.pathname)) return "/";
    return url.pathname + url.search;
  } catch {
    return "/";
  }
}

/** The login page that leads back here. */
export function loginFor(path: string, search: string): string {
  const back = safeReturn(path + (search && !search.startsWith("?") ? `?${search}` : search));
  return back === "/" ? "/login" : `/login?return_to=${encodeURIComponent(back)}`;
}
