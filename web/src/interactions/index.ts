//! Which kind is where. Confirmation comes with the page, all others when they are first seen.
import Confirmation from "./Confirmation";
import type { Kind } from "./kind";

const load: Record<string, () => Promise<{ default: Kind }>> = {
  selection: () => import("./Selection"),
  text_input: () => import("./TextInput"),
  file_upload: () => import("./FileUpload"),
  review: () => import("./Review"),
  custom: () => import("./Custom"),
};

const promised = new Map<string, Promise<Kind>>();
const loaded = new Map<string, Kind>([["confirmation", Confirmation]]);

export const kindLoaded = (type: string): Kind | undefined => loaded.get(type);

/** A kind that the page does not know is answered as JSON. */
export function kindOf(type: string): Promise<Kind> {
  let found = promised.get(type);
  if (!found) {
    const module = load[type] ?? (() => import("./Unknown"));
    found = module().then((each) => {
      loaded.set(type, each.default);
      return each.default;
    });
    // What could not be fetched is tried again, not remembered.
    found.catch(() => promised.delete(type));
    promised.set(type, found);
  }
  return found;
}
