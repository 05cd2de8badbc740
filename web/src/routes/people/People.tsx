//! People and groups, for administrators.
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useAddress } from "../address";
import { Lines } from "../../accounts/Lines";
import type { User } from "../../api/accounts";
import { usersOf } from "../../api/accounts/people";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { Button } from "../../ui/Button";
import { Failure, Notice } from "../../ui/Notice";
import { AddPerson } from "./AddPerson";
import { EditPerson } from "./EditPerson";
import { GroupList } from "./GroupList";
import { groupsOf } from "./groups";
import { PeopleTable } from "./PeopleTable";
import "../../accounts/form/form.css";
import "../../accounts/ledger.css";
import "./people.css";

const VIEWS = ["people", "groups"] as const;

export default function People() {
  const say = useWords();
  const { params, set } = useAddress();
  const query = useInfiniteQuery(usersOf);
  const [adding, add] = useState(false);
  const [editing, edit] = useState<string | null>(null);
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  // Groups are what people say of themselves, so all people are needed to know them.
  useEffect(() => {
    if (hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage]);

  const users: User[] = query.data?.pages.flatMap((page) => page.users) ?? [];
  const view = params.get("view") === "groups" ? "groups" : "people";
  const q = params.get("q") ?? "";
  const wanted = q.trim().toLowerCase();
  const shown = users.filter((each) => [each.login, each.name, each.email, ...each.groups].some((text) => text?.toLowerCase().includes(wanted)));
  const groups = groupsOf(users);
  const person = users.find((each) => each.login === editing);
  return (
    <div className="screen people">
      <TabSign title={say("people-title")} />
      <header className="screen-head">
        <h1>{say("people-title")}</h1>
        <Button tone="solid" icon="person" onClick={() => add(true)}>{say("people-add")}</Button>
      </header>
      <div className="ledger-tools">
        <nav className="tabs" aria-label={say("tabs")}>
          {VIEWS.map((each) => (
            <button key={each} type="button" aria-current={view === each ? "page" : undefined} onClick={() => set("view", each === "people" ? "" : each)}>
              {say(`people-view-${each}`)}<span className="count ticks">{each === "people" ? users.length : groups.size}</span>
            </button>
          ))}
        </nav>
        <input type="search" className="control" aria-label={say("people-search")} placeholder={say("people-search")} value={q} onChange={(event) => set("q", event.target.value)} />
      </div>
      {query.isError && !users.length ? <Failure error={query.error} retry={() => void query.refetch()} />
        : query.isPending ? <Lines count={8} />
        : view === "groups" ? <GroupList groups={groups} q={wanted} edit={edit} />
        : shown.length ? <PeopleTable users={shown} edit={edit} />
        : <Notice icon="person" title={say(q ? "empty-match" : "people-none")} />}
      {adding && <AddPerson groups={[...groups.keys()]} logins={users.map((each) => each.login)} onClose={() => add(false)} />}
      {person && <EditPerson key={person.login} user={person} users={users} groups={[...groups.keys()]} onClose={() => edit(null)} />}
    </div>
  );
}
