import { useQuery } from "@tanstack/react-query";
import { historyOf } from "../../api/sessions";
import type { HistoryEvent, Session } from "../../api/types";
import { useWords } from "../../language";
import { moment } from "../../language/duration";
import { requesterOf } from "../../requester";
import { Avatar } from "../../ui/Avatar";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";

/** Whether anybody was chosen: the words differ. */
const chosen = (event: HistoryEvent) => ((event.type === "candidates_set" ? event.candidates?.length : event.assignee) ? "some" : "nobody");

export function Activity({ session }: { session: Session }) {
  const say = useWords();
  const { data } = useQuery(historyOf(session.session_id));
  const who = (event: HistoryEvent) =>
    event.type === "opened" ? (requesterOf(session) ?? say("requester-unnamed")) : event.by ? event.by.id : say("the-server");
  return (
    <section className="part">
      <h2 className="label">{say("activity")}</h2>
      <ol className="activity small">
        {(data ?? []).map((event) => (
          <li key={event.cursor}>
            <Avatar name={who(event)} own />
            <span>
              <Plain text={say(event.over ? "event-claimed-over" : `event-${event.type}`, { name: who(event), until: event.until ? moment(event.until) : "", to: event.to ?? event.assignee ?? "", over: event.over ?? "", names: event.candidates?.join(", ") ?? "", chosen: chosen(event) })} />
              {event.reason && <span className="quiet"> <Plain text={event.reason} /></span>}
            </span>
            <When at={event.at} />
          </li>
        ))}
      </ol>
    </section>
  );
}
