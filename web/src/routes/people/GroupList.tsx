import type { User } from "../../api/accounts";
import { useWords } from "../../language";
import { Notice } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";

export function GroupList({ groups, q, edit }: { groups: Map<string, User[]>; q: string; edit: (login: string) => void }) {
  const say = useWords();
  const shown = [...groups].filter(([group, members]) => [group, ...members.map((each) => each.login)].some((text) => text.toLowerCase().includes(q)));
  if (!shown.length) return <Notice icon="person" title={say(q ? "empty-match" : "groups-none-yet")}>{!q && <p>{say("groups-how")}</p>}</Notice>;
  return (
    <>
      <p className="small quiet">{say("groups-how")}</p>
      <ul className="group-list">
        {shown.map(([group, members]) => (
          <li key={group}>
            <div><h2><Plain text={group} /></h2><p className="small quiet">{say("groups-members", { count: members.length })}</p></div>
            <ul className="pieces">
              {members.map((each) => <li key={each.login}><button type="button" onClick={() => edit(each.login)}><Plain text={each.name || each.login} />{each.disabled_at && ` (${say("people-disabled")})`}</button></li>)}
            </ul>
          </li>
        ))}
      </ul>
    </>
  );
}
