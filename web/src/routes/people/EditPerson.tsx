//! Changing a person: name, groups, rights, a new password, and shutting out. The last administrator stays one.
import { type FormEvent, useState } from "react";
import { Confirm } from "../../accounts/form/Confirm";
import { Copy } from "../../accounts/form/Copy";
import { Check, Field } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { passwordFrom } from "../../accounts/rules";
import type { User, UserChange } from "../../api/accounts";
import { changeUser, usersOf } from "../../api/accounts/people";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { useIdentity, whoAmI } from "../../me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { isLastAdmin } from "./admins";
import { ChooseGroups } from "./ChooseGroups";

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((each) => b.includes(each));

export function EditPerson({ user, users, groups: known, onClose }: { user: User; users: User[]; groups: string[]; onClose: () => void }) {
  const say = useWords();
  const { me, auth } = useIdentity();
  const [name, setName] = useState(user.name ?? "");
  const [email, setEmail] = useState(user.email ?? "");
  const [groups, setGroups] = useState(user.groups);
  const [admin, setAdmin] = useState(user.admin);
  const [ending, end] = useState(false);
  const [password, setPassword] = useState("");
  const submit = useSubmit();
  const last = isLastAdmin(user, users);
  const called = user.name || user.login;
  const apply = async (change: UserChange) => {
    await changeUser(user.login, change);
    await queries.invalidateQueries({ queryKey: usersOf.queryKey });
    if (user.login === me?.login) await whoAmI();
  };
  const change: UserChange = {
    ...(name.trim() !== (user.name ?? "") ? { name: name.trim() } : {}),
    ...(email.trim() !== (user.email ?? "") ? { email: email.trim() } : {}),
    ...(same(groups, user.groups) ? {} : { groups }),
    ...(admin !== user.admin ? { admin } : {}),
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (!Object.keys(change).length) return onClose();
    void submit.run(() => apply(change)).then((done) => done && onClose());
  };
  const renew = () => {
    const made = passwordFrom((bytes) => crypto.getRandomValues(bytes));
    void submit.run(() => apply({ password: made })).then((done) => done && setPassword(made));
  };
  const words = { last_admin: say("last-admin") };

  if (ending) {
    return (
      <Confirm title={say("disable-title", { name: called })} act={say("disable-do", { name: called })} words={words} run={() => apply({ disabled: true })} onClose={onClose}>
        <p>{say("disable-ends")}</p>
        <p className="quiet">{say("disable-stays")}</p>
      </Confirm>
    );
  }
  return (
    <Dialog open onClose={onClose} title={called}>
      <form className="entry dialog-form" noValidate onSubmit={send}>
        <p className="small quiet mono">{user.login}</p>
        <Field label={say("person-name")} optional error={submit.issue("/name")} value={name} change={setName} autoComplete="off" maxLength={80} />
        <Field label={say("person-email")} optional type="email" error={submit.issue("/email")} value={email} change={setEmail} autoComplete="off" maxLength={254} />
        <ChooseGroups known={known} chosen={groups} change={setGroups} />
        {user.external && <p className="small quiet">{say("groups-from-provider", { provider: auth?.provider ?? say("account-provider") })}</p>}
        <fieldset>
          <legend className="label">{say("people-access")}</legend>
          <Check label={say("role-admin")} hint={say(last ? "last-admin" : "role-admin-detail")} checked={admin} change={setAdmin} disabled={last} />
        </fieldset>
        {password && <><p>{say("password-renewed")}</p><Copy label={say("signin-password")} text={password} /><p className="small quiet">{say("shown-once")}</p></>}
        <Trouble problem={submit.problem} words={words} />
        <div className="form-buttons">
          <Button onClick={onClose}>{say(password ? "done" : "confirm-back")}</Button>
          <Button tone="solid" type="submit" disabled={submit.sending || !Object.keys(change).length}>{say("save")}</Button>
        </div>
        {!password && auth?.ways.some((way) => way === "password" || way === "basic") && !user.disabled_at && (
          <div className="person-end"><p className="small quiet">{say("password-renew-detail")}</p><Button small disabled={submit.sending} onClick={renew}>{say("password-renew")}</Button></div>
        )}
        <div className="person-end">
          {user.disabled_at ? (
            <><p className="small quiet">{say("enable-detail")}</p><Button small disabled={submit.sending} onClick={() => void submit.run(() => apply({ disabled: false })).then((done) => done && onClose())}>{say("enable-do")}</Button></>
          ) : (
            <><p className="small quiet">{say(last ? "last-admin" : "disable-detail")}</p><Button small tone="reject" disabled={last} onClick={() => end(true)}>{say("disable")}</Button></>
          )}
        </div>
      </form>
    </Dialog>
  );
}
