//! The check of a risky answer comes with the first risky request, not with the page: most requests are none.
import { type ComponentType, useEffect, useState } from "react";
import type { Session } from "../../api/types";
import type { Kind } from "../../interactions/kind";
import { withWords } from "../../language";
import type { Desk } from "./desk";

type Check = ComponentType<{ session: Session; kind: Kind; desk: Desk }>;

const load = withWords(() => import("./Check"));

/** Null: there is nothing to check, or it is not there yet. Where it cannot be fetched the buttons come back. */
export function useCheck(session: Session, desk: Desk): Check | null {
  const [found, settle] = useState<{ Check: Check } | null>(null);
  const { checking, uncheck } = desk;
  const risky = session.risk === "high";
  useEffect(() => {
    if (!risky || found) return;
    let current = true;
    load().then(
      ({ Check }) => current && settle({ Check }),
      () => current && checking && uncheck(),
    );
    return () => {
      current = false;
    };
    // `uncheck` is new each time, and means the same.
  }, [risky, found, checking]);
  return checking && found ? found.Check : null;
}
