//! What the page has only where there are accounts. Job: everything that the rest of the page shows or asks of them, by one
//! door. Neighbours: `me.ts` fetches it, and is the only one that does.
import { lazy } from "react";
import { withWords } from "../language";
import "./accounts.css";

export { isForMe, mayOf } from "./concern";
export { Gate } from "./Gate";
export { called, Own, placesOf, Places, useLeave } from "./Nav";
export { NotYours } from "./NotYours";
export { HandingItems, Parties } from "./Parties";
export const Screens = lazy(withWords(() => import("./Screens"), "people"));

const stepUp = withWords(() => import("./stepUp"), "forms");

/** A fresh proof by passkey that signs this very answer. */
export const assertion = async (id: string, response: unknown, hash: string) => (await stepUp()).assertion(id, response, hash);
