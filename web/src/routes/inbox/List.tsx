//! The list of requests. Invariant: rows never move under the pointer.
import { useInfiniteQuery } from "@tanstack/react-query";
import { lazy, Suspense, type UIEvent, useState } from "react";
import { useRoute, useSearch } from "wouter";
import { listOf } from "../../api/sessions";
import { isOpen, type Session } from "../../api/types";
import { useFeed } from "../../feed";
import { useKeys } from "../../keyboard";
import { useWords, withWords } from "../../language";
import { usePreferences } from "../../preferences";
import { Button } from "../../ui/Button";
import { Failure } from "../../ui/Notice";
import { Empty } from "./Empty";
import { Filters } from "./Filters";
import { fits, useFilter } from "./filter";
import { toggle, unpick, usePicked, wantPicking } from "./picked";
import { Row } from "./Row";
import { Tabs } from "./Tabs";
import { useOpenSessions, useRows, useSentBack } from "./useInbox";
import { Mark } from "../../ui/Icon";
import "./list.css";

const BulkBar = lazy(withWords(() => import("./BulkBar")));

/** The row with the focus, else the one that is read. */
function pickHere(): void {
  const row = document.activeElement?.closest(".row") ?? document.querySelector(".list .row:has([aria-current])");
  const id = row?.querySelector(".row-pick") && row.querySelector<HTMLElement>("[data-session]")?.dataset.session;
  if (id) toggle(id);
}

function Section({ title, sessions, pickable }: { title: string; sessions: Session[]; pickable?: boolean }) {
  const { presence } = useFeed();
  const me = usePreferences().name;
  const { ids, failed } = usePicked();
  const search = useSearch();
  const [, at] = useRoute("/r/:id");
  if (!sessions.length) return null;
  return (
    <section>
      {title && <h2 className="list-section label">{title}</h2>}
      <ul>
        {sessions.map((session) => (
          <Row
            key={session.session_id}
            session={session}
            selected={at?.id === session.session_id}
            picked={(pickable && isOpen(session)) || ids.has(session.session_id) ? ids.has(session.session_id) : undefined}
            failed={failed.get(session.session_id)}
            search={search ? `?${search}` : ""}
            viewers={(presence.get(session.session_id) ?? []).map((each) => each.name).filter((name) => name !== me).slice(0, 3).join("\n")}
          />
        ))}
      </ul>
    </section>
  );
}

function Open({ calm }: { calm: boolean }) {
  const say = useWords();
  const [filter] = useFilter();
  const { query, sessions } = useOpenSessions(filter.q, filter.kind);
  const rows = useRows(sessions, filter, calm);
  const others = filter.tab === "others";
  const sentBack = useSentBack(others);
  const back = others ? sentBack.sessions.filter((each) => fits(filter, each)) : [];
  if (query.isPending) return <Skeleton />;
  if (query.isError && !sessions.size) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const none = !rows.soon.length && !rows.rest.length && !back.length && !rows.held;
  return (
    <>
      {rows.held > 0 && (
        <div className="pill-place">
          <button type="button" className="pill" onClick={rows.letIn}>{say("inbox-new", { count: rows.held })}</button>
        </div>
      )}
      <Section title={say("inbox-soon")} sessions={rows.soon} pickable={!others} />
      <Section title={rows.soon.length ? say("inbox-rest") : ""} sessions={rows.rest} pickable={!others} />
      <Section title={say("inbox-sent-back")} sessions={back} />
      {none && <Empty />}
      {query.hasNextPage && !query.isFetchingNextPage && (
        <div className="list-more"><Button small onClick={() => void query.fetchNextPage()}>{say("more")}</Button></div>
      )}
    </>
  );
}

function Done() {
  const say = useWords();
  const [filter] = useFilter();
  const query = useInfiniteQuery(
    listOf({ statuses: ["completed", "timeout", "cancelled", "error"], q: filter.q, sort: "-updated_at" }),
  );
  if (query.isPending) return <Skeleton />;
  if (query.isError) return <Failure error={query.error} retry={() => void query.refetch()} />;
  const sessions = (query.data.pages.flatMap((page) => page.sessions) as Session[]).filter((each) => fits(filter, each));
  return (
    <>
      <Section title="" sessions={sessions} />
      {!sessions.length && <Empty />}
      {query.hasNextPage && (
        <div className="list-more"><Button small onClick={() => void query.fetchNextPage()}>{say("more")}</Button></div>
      )}
    </>
  );
}

function Skeleton() {
  const say = useWords();
  return (
    <div className="skeleton list-skeleton" role="status" aria-label={say("loading")}>
      {Array.from({ length: 12 }, (_, index) => <i key={index} />)}
    </div>
  );
}

export function List() {
  const say = useWords();
  const [filter] = useFilter();
  const [scrolled, setScrolled] = useState(false);
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const scroll = (event: UIEvent<HTMLElement>) => setScrolled(event.currentTarget.scrollTop > 4);
  const { ids, told, wanted } = usePicked();
  const picking = ids.size > 0 || wanted;
  useKeys({ x: pickHere });
  return (
    <section className={`list ${picking ? "picking" : ""}`} aria-label={say("nav-inbox")}>
      <header className="list-head">
        <button type="button" className="list-pick small" aria-pressed={picking} onClick={picking ? unpick : wantPicking}>{say(picking ? "pick-end" : "pick")}</button>
        <p className="list-brand" aria-hidden="true"><Mark />Askwell</p>
        <h1>{say("nav-inbox")}</h1>
        <Filters />
        <Tabs />
      </header>
      <div
        className="list-rows"
        tabIndex={-1}
        onScroll={scroll}
        onPointerEnter={(event) => event.pointerType === "mouse" && setPointed(true)}
        onPointerLeave={() => setPointed(false)}
        onFocus={() => setFocused(true)}
        onBlur={(event) => !event.currentTarget.contains(event.relatedTarget) && setFocused(false)}
      >
        {filter.tab === "done" ? <Done /> : <Open calm={!scrolled && !pointed && !focused} />}
      </div>
      {(picking || told) && <Suspense fallback={null}><BulkBar /></Suspense>}
    </section>
  );
}
