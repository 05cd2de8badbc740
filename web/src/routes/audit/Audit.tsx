//! The audit: who did what, which version they saw, from where. Newest first; nothing in it can be changed.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { useAddress } from "../address";
import { Typed } from "../typed";
import { Lines } from "../../accounts/Lines";
import type { AuditEntry } from "../../api/accounts";
import { auditOf, exportAddress } from "../../api/accounts/audit";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { BOOK } from "../../accounts/strokes";
import { DOWN, DOWNLOAD } from "../../ui/strokes";
import { Failure, Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { Entry } from "./Entry";
import { FIELDS, filterOf } from "./filter";
import "../../accounts/ledger.css";
import "./audit.css";

/** Kinds of act, by how their names begin; the field takes any. */
const ACTIONS = ["session.", "login.", "user.", "token.", "passkey.", "guest.", "audit."];

export default function Audit() {
  const say = useWords();
  const { params, set, clear } = useAddress();
  const query = useInfiniteQuery(auditOf(filterOf(params)));
  const [open, unfold] = useState<number | null>(null);
  const entries = query.data?.pages.flatMap((page) => page.entries) ?? [];
  const filtered = FIELDS.some((each) => params.get(each));
  return (
    <div className="screen audit">
      <TabSign title={say("audit-title")} />
      <header className="screen-head">
        <h1>{say("audit-title")}</h1>
        <a className="button outline slim" href={exportAddress("csv")} download><Icon name={DOWNLOAD} size={16} />CSV</a>
        <a className="button outline slim" href={exportAddress("ndjson")} download><Icon name={DOWNLOAD} size={16} />NDJSON</a>
      </header>
      <p className="quiet ledger-intro">{say("audit-intro")} <code>askwell audit verify</code></p>
      <div className="audit-filters">
        <Typed label={say("audit-actor")} value={params.get("actor") ?? ""} change={(value) => set("actor", value)} />
        <Typed label={say("audit-action")} value={params.get("action") ?? ""} change={(value) => set("action", value)} list="audit-actions" />
        <datalist id="audit-actions">{ACTIONS.map((each) => <option key={each} value={each} />)}</datalist>
        <Typed label={say("audit-session")} value={params.get("session") ?? ""} change={(value) => set("session", value)} />
        <label className="small quiet">{say("audit-since")}<input type="date" className="control" value={params.get("from") ?? ""} onChange={(event) => set("from", event.target.value)} /></label>
        <label className="small quiet">{say("audit-until")}<input type="date" className="control" value={params.get("to") ?? ""} onChange={(event) => set("to", event.target.value)} /></label>
      </div>
      {query.isError && !entries.length ? <Failure error={query.error} retry={() => void query.refetch()} />
        : query.isPending ? <Lines count={10} />
        : entries.length ? <Table entries={entries} open={open} unfold={unfold} />
        : <Notice icon={BOOK} title={say(filtered ? "empty-match" : "audit-none")} action={filtered && <Button onClick={clear}>{say("filter-clear")}</Button>} />}
      {query.hasNextPage && <div className="ledger-more"><Button small disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{say("more")}</Button></div>}
    </div>
  );
}

function Table({ entries, open, unfold }: { entries: AuditEntry[]; open: number | null; unfold: (number: number | null) => void }) {
  const say = useWords();
  return (
    <table className="ledger">
      <thead><tr>{["when", "who", "what", "on", "from"].map((each) => <th key={each} scope="col">{say(`audit-col-${each}`)}</th>)}<th scope="col"><span className="unseen">{say("audit-more")}</span></th></tr></thead>
      <tbody>
        {entries.map((each) => {
          const shown = open === each.number;
          return (
            <Fragment key={each.number}>
              <tr className={each.verdict === "refused" ? "refused" : ""}>
                <td className="small audit-when"><When at={each.at} /></td>
                <td><div className="name"><span><Plain text={each.actor} /></span>{each.on_behalf_of && <span className="small quiet"><Plain text={say("behalf", { name: each.on_behalf_of })} /></span>}</div></td>
                <td><code><Plain text={each.action} /></code>{each.verdict === "refused" && <span className="state bad audit-refused"><Icon name="close" size={16} />{say("audit-refused")}</span>}</td>
                <td className="small mono">{each.session_id ? each.session_id.slice(-6) : each.subject && <Plain text={each.subject} />}</td>
                <td className="small mono quiet">{each.address && <Plain text={each.address} />}</td>
                <td><button type="button" className="audit-open" aria-expanded={shown} aria-label={say("audit-more-of", { number: each.number })} onClick={() => unfold(shown ? null : each.number)}><Icon name={DOWN} size={18} /></button></td>
              </tr>
              {shown && <tr className="audit-detail"><td colSpan={6}><Entry entry={each} /></td></tr>}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
