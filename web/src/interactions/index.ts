//! Which kind is where. Confirmation comes with the page, all others when they are first seen.
import { useEffect, useState } from "react";
import Confirmation from "./Confirmation";
import { withWords } from "../language";
import type { Kind } from "./kind";

const load: Record<string, () => Promise<{ default: Kind }>> = {
  selection: () => import("./Selection"),
  text_input: () => import("./TextInput"),
  file_upload: () => import("./FileUpload"),
  review: () => import("./Review"),
  custom: () => import("./Custom"),
};

const loaded = new Map<string, Kind>([["confirmation", Confirmation]]);

export interface Loading {
  kind: Kind | undefined;
  failed: unknown;
  again: () => void;
}

/** A kind that the page does not know is answered as JSON. Not by suspense: that keeps even what is there from being seen. */
export function useKind(type: string): Loading {
  const [state, settle] = useState<{ failed: unknown; tries: number }>({ failed: null, tries: 0 });
  const kind = loaded.get(type);
  useEffect(() => {
    if (loaded.has(type)) return;
    let current = true;
    const module = load[type] ?? (() => import("./Unknown"));
    withWords(module)().then(
      (each) => {
        loaded.set(type, each.default);
        if (current) settle({ failed: null, tries: state.tries });
      },
      (error: unknown) => current && settle({ failed: error, tries: state.tries }),
    );
    return () => {
      current = false;
    };
  }, [type, state.tries]);
  return { kind, failed: state.failed, again: () => settle({ failed: null, tries: state.tries + 1 }) };
}
