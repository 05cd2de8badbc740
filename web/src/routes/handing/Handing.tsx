//! Handing a request to others: assigning, delegating, choosing who may answer, inviting a guest.
import { useQuery } from "@tanstack/react-query";
import type { Handed } from "../../accounts/handing";
import { sessionOf } from "../../api/sessions";
import { Candidates } from "./Candidates";
import { Invite } from "./Invite";
import { ToOne } from "./ToOne";
import "../../accounts/form/form.css";
import "../../accounts/ledger.css";
import "./handing.css";

export default function Handing({ what, id, onClose }: Handed & { onClose: () => void }) {
  const { data: session } = useQuery(sessionOf(id));
  if (!session) return null;
  if (what === "invite") return <Invite session={session} onClose={onClose} />;
  if (what === "candidates") return <Candidates session={session} onClose={onClose} />;
  return <ToOne what={what} session={session} onClose={onClose} />;
}
