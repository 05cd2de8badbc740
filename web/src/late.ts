//! Parts of the page that come when they are first wanted. Invariant: what cannot be fetched never takes down what is there;
//! it is tried again for as long as it is wanted. Neighbours: `language/` brings a part's words along with it, `feed.ts`
//! knows whether the server is there.
import { useEffect, useReducer } from "react";
import { isLost } from "./feed";

const AGAIN = 2_000;

export interface Late<T> {
  /** Fetches it in advance of being wanted. */
  fetch: () => void;
  /** Null as long as it is not there. */
  use: (wanted: boolean) => T | null;
}

/** Browsers keep a module that failed as failed until the page is loaded anew: so where the line is cut, ask for less first. */
async function reached(): Promise<void> {
  if (isLost() && !(await fetch("/api/health")).ok) throw new Error("not there");
}

export function late<T>(load: () => Promise<T>): Late<T> {
  let found: { part: T } | null = null;
  let coming: Promise<void> | null = null;
  const bring = (): Promise<void> =>
    (coming ??= reached().then(load).then(
      (part) => void (found = { part }),
      () => void (coming = null),
    ));
  return {
    fetch: () => void bring(),
    use(wanted) {
      const [tries, again] = useReducer((count: number) => count + 1, 0);
      useEffect(() => {
        if (!wanted || found) return;
        let current = true;
        let timer: ReturnType<typeof setTimeout> | undefined;
        void bring().then(() => {
          if (!current) return;
          if (found) again();
          else timer = setTimeout(again, AGAIN);
        });
        return () => {
          current = false;
          clearTimeout(timer);
        };
      }, [wanted, tries]);
      return found && found.part;
    },
  };
}
