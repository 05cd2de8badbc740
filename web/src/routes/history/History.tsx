//! What was decided: by whom, when, how, after how long.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { fetchPage, type ListFilter, listOf } from "../../api/sessions";
import { asProblem } from "../../api/problem";
import type { Session, Status } from "../../api/types";
import { useWords } from "../../language";
import { took } from "../../language/duration";
import { inLanguage } from "../../language/text";
import { TabSign } from "../../notify";
import { outcomeOf } from "../../outcome";
import { requesterOf } from "../../requester";
import { Button } from "../../ui/Button";
import { Icon, isIcon } from "../../ui/Icon";
import { DOWNLOAD } from "../../ui/strokes";
import { Failure, Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { head, line } from "./csv";
import { HistoryFilters } from "./HistoryFilters";
import "./history.css";

const CLOSED: Status[] = ["completed", "timeout", "cancelled", "error"];

function Entry({ session }: { session: Session }) {
  const say = useWords();
  const outcome = outcomeOf(session);
  const closed = session.closed_at ?? session.updated_at;
  const type = session.interaction_data.interaction_type;
  const by = session.response?.source === "person" ? session.response.user_id : session.status === "cancelled" ? session.closed_by : null;
  return (
    <tr>
      <td className={`outcome ${outcome.tone}`}><Icon name={outcome.icon} size={16} />{say(outcome.word)}</td>
      <td className="history-question">
        <Link href={`/r/${session.session_id}?tab=done`}><Plain text={inLanguage(session.interaction_data.title)} /></Link>
        <span className="tiny quiet">
          <Icon name={isIcon(type) ? type : "unknown"} size={14} />
          <Plain text={[requesterOf(session), session.workflow_id].filter(Boolean).join(" · ") || say("requester-unnamed")} />
        </span>
      </td>
      <td>{by ? <Plain text={by} /> : <span className="quiet">{say("history-nobody")}</span>}</td>
      <td className="history-when"><When at={closed} /></td>
      <td className="history-took quiet ticks">{took(say, Date.parse(closed) - Date.parse(session.created_at))}</td>
    </tr>
  );
}

function useExport(filter: ListFilter) {
  const say = useWords();
  const [said, tell] = useState("");
  const run = async () => {
    const lines = [head()];
    let cursor: string | undefined;
    try {
      do {
        const page = await fetchPage(filter, cursor, undefined, 500);
        lines.push(...(page.sessions as Session[]).map(line));
        cursor = page.next_cursor ?? undefined;
        tell(say("history-exporting", { count: lines.length - 1 }));
      } while (cursor);
    } catch (error) {
      return tell(asProblem(error).message);
    }
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob(["\ufeff", lines.join("\r\n"), "\r\n"], { type: "text/csv" }));
    link.download = `askwell-${new Date().toISOString().slice(0, 10)}.csv`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    tell("");
  };
  return { said, run };
}

export default function History() {
  const say = useWords();
  const [params] = useSearchParams();
  const status = params.get("outcome") as Status | null;
  const day = (name: string, plus: number) => {
    const given = params.get(name);
    return given ? new Date(new Date(`${given}T00:00`).getTime() + plus).toISOString() : undefined;
  };
  const after = day("from", 0);
  const before = day("to", 24 * 3600_000);
  const filter: ListFilter = {
    statuses: status && CLOSED.includes(status) ? [status] : CLOSED,
    q: params.get("q") ?? "",
    sort: "-updated_at",
    ...(params.get("kind") ? { kind: params.get("kind") ?? "" } : {}),
    ...(params.get("workflow") ? { workflow: params.get("workflow") ?? "" } : {}),
    ...(after ? { after } : {}),
    ...(before ? { before } : {}),
  };
  const query = useInfiniteQuery(listOf(filter));
  const { said, run } = useExport(filter);
  const sessions = (query.data?.pages.flatMap((page) => page.sessions) ?? []) as Session[];
  return (
    <div className="screen history">
      <TabSign title={say("history-title")} />
      <header className="screen-head">
        <h1>{say("history-title")}</h1>
        <span className="small quiet" role="status">{said}</span>
        <Button small icon={DOWNLOAD} disabled={!sessions.length || said !== ""} onClick={() => void run()}>{say("history-export")}</Button>
      </header>
      <HistoryFilters />
      {query.isError ? (
        <Failure error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div className="skeleton" role="status" aria-label={say("loading")}>{Array.from({ length: 9 }, (_, index) => <i key={index} />)}</div>
      ) : sessions.length ? (
        <table>
          <thead>
            <tr>{["outcome", "question", "who", "when", "took"].map((name) => <th key={name} scope="col">{say(`history-${name}`)}</th>)}</tr>
          </thead>
          <tbody>{sessions.map((session) => <Entry key={session.session_id} session={session} />)}</tbody>
        </table>
      ) : (
        <Notice icon="history" title={say(params.size ? "empty-match" : "history-none")} />
      )}
      {query.hasNextPage && <div className="list-more"><Button small onClick={() => void query.fetchNextPage()}>{say("more")}</Button></div>}
    </div>
  );
}
