import type { User } from "../../api/accounts";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { useIdentity } from "../../me";

export function PeopleTable({ users, edit }: { users: User[]; edit: (login: string) => void }) {
  const say = useWords();
  const { me } = useIdentity();
  return (
    <table className="ledger">
      <thead><tr>{["name", "groups", "role", "way", "since"].map((each) => <th key={each} scope="col">{say(`person-${each}`)}</th>)}<th scope="col"><span className="unseen">{say("person-edit")}</span></th></tr></thead>
      <tbody>
        {users.map((each) => (
          <tr key={each.login} className={each.disabled_at ? "off" : ""}>
            <td>
              <div className="name">
                <span><Plain text={each.name || each.login} />{each.login === me?.login && <span className="tag plain people-you">{say("people-you")}</span>}</span>
                <span className="small quiet"><Plain text={[each.login, each.email].filter(Boolean).join(" · ")} /></span>
              </div>
            </td>
            <td>{each.groups.length > 0 && <ul className="pieces">{each.groups.map((group) => <li key={group}><Plain text={group} /></li>)}</ul>}</td>
            <td><span className="state">{each.disabled_at ? <><Icon name="close" size={16} />{say("people-disabled")}</> : each.admin ? <><Icon name="hold" size={16} />{say("role-admin")}</> : say("role-person")}</span></td>
            <td className="small">{[...(each.has_password ? [say("way-password")] : []), ...(each.external ? [say("way-provider")] : [])].join(say("and")) || <span className="quiet">{say("way-none")}</span>}</td>
            <td className="small" data-label={say("person-since")}><When at={each.created_at} /></td>
            <td><Button small aria-label={say("person-edit-whom", { name: each.name || each.login })} onClick={() => edit(each.login)}>{say("person-edit")}</Button></td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
