//! Callbacks: what was sent where, each try, and sending again.
import { useInfiniteQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { Link } from "wouter";
import { Lines } from "../../accounts/Lines";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { deliveriesOf, type Delivery, redeliver, STATES } from "../../api/accounts/deliveries";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { Button, IconButton } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { Failure, Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { useAddress } from "../address";
import "../../accounts/form/form.css";
import "../../accounts/ledger.css";
import "./webhooks.css";

const LOOKS: Record<string, { icon: IconName; tone: string }> = {
  pending: { icon: "clock", tone: "waits" },
  delivered: { icon: "check", tone: "" },
  refused: { icon: "warning", tone: "bad" },
  dead: { icon: "close", tone: "bad" },
};

export default function Webhooks() {
  const say = useWords();
  const { params, set } = useAddress();
  const state = STATES.find((each) => each === params.get("state")) ?? "";
  const session = params.get("session") ?? "";
  const query = useInfiniteQuery(deliveriesOf(state, session));
  const submit = useSubmit();
  const deliveries = query.data?.pages.flatMap((page) => page.deliveries) ?? [];
  const again = (id: string) => void submit.run(() => redeliver(id)).finally(() => void queries.invalidateQueries({ queryKey: ["deliveries"] }));
  return (
    <div className="screen webhooks">
      <TabSign title={say("webhooks-title")} />
      <header className="screen-head">
        <h1>{say("webhooks-title")}</h1>
        <IconButton icon="retry" label={say("webhooks-refresh")} onClick={() => void query.refetch()} />
      </header>
      <p className="quiet ledger-intro">{say("webhooks-intro")}</p>
      <div className="ledger-tools">
        <nav className="tabs" aria-label={say("webhooks-state")}>
          {(["", ...STATES] as const).map((each) => (
            <button key={each} type="button" aria-current={state === each ? "page" : undefined} onClick={() => set("state", each)}>{say(`webhooks-${each || "all"}`)}</button>
          ))}
        </nav>
        {session && <Button small icon="close" onClick={() => set("session", "")}>{say("webhooks-one-session", { id: session.slice(-6) })}</Button>}
      </div>
      <Trouble problem={submit.problem} />
      {query.isError && !deliveries.length ? <Failure error={query.error} retry={() => void query.refetch()} />
        : query.isPending ? <Lines count={8} />
        : deliveries.length ? <Table deliveries={deliveries} again={again} busy={submit.sending} only={(id) => set("session", id)} />
        : <Notice icon="send" title={say(state || session ? "empty-match" : "webhooks-none")}>{!state && !session && <p>{say("webhooks-none-detail")}</p>}</Notice>}
      {query.hasNextPage && <div className="ledger-more"><Button small disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{say("more")}</Button></div>}
    </div>
  );
}

function Table({ deliveries, again, busy, only }: { deliveries: Delivery[]; again: (id: string) => void; busy: boolean; only: (session: string) => void }) {
  const say = useWords();
  const [open, unfold] = useState<string | null>(null);
  return (
    <table className="ledger">
      <thead><tr>{["state", "where", "session", "tries", "when"].map((each) => <th key={each} scope="col">{say(`webhooks-col-${each}`)}</th>)}<th scope="col"><span className="unseen">{say("webhooks-again")}</span></th></tr></thead>
      <tbody>
        {deliveries.map((each) => {
          const look = LOOKS[each.state] ?? { icon: "send" as const, tone: "" };
          const shown = open === each.delivery_id;
          return (
            <Fragment key={each.delivery_id}>
              <tr>
                <td><span className={`state ${look.tone}`}><Icon name={look.icon} size={16} />{LOOKS[each.state] ? say(`webhooks-${each.state}`) : each.state}{each.last_status != null && <span className="ticks"> {each.last_status}</span>}</span></td>
                <td className="webhook-url mono small"><Plain text={each.url} /></td>
                <td className="small" data-label={say("webhooks-col-session")}><button type="button" className="link mono" onClick={() => only(each.session_id)} title={say("webhooks-only")}>{each.session_id.slice(-6)}</button></td>
                <td className="small" data-label={say("webhooks-col-tries")}>
                  <button type="button" className="link" aria-expanded={shown} disabled={!each.attempts.length} onClick={() => unfold(shown ? null : each.delivery_id)}>{say("webhooks-tries", { count: each.attempts.length })}</button>
                </td>
                <td className="small" data-label={say("webhooks-col-when")}><When at={each.created_at} />{each.state === "pending" && each.next_attempt_at && <span className="quiet webhook-next">{say("webhooks-next")} <When at={each.next_attempt_at} /></span>}</td>
                <td><Button small icon="retry" disabled={busy || each.state === "pending"} onClick={() => again(each.delivery_id)}>{say("webhooks-again")}</Button></td>
              </tr>
              {shown && (
                <tr className="webhook-detail">
                  <td colSpan={6}>
                    <ol className="small">
                      {each.attempts.map((attempt, index) => (
                        <li key={index}>
                          <When at={attempt.at} /> <span className="ticks">{attempt.status ?? "—"}</span> <span className="quiet ticks">{attempt.took_ms} ms</span>
                          {attempt.error && <span className="webhook-error"><Plain text={attempt.error} /></span>}
                        </li>
                      ))}
                    </ol>
                    <p className="small"><Link href={`/r/${each.session_id}`}>{say("webhooks-open")}</Link></p>
                  </td>
                </tr>
              )}
            </Fragment>
          );
        })}
      </tbody>
    </table>
  );
}
