//! A new person. Invariant: a password that is made here is made by chance in this page, shown once, and kept nowhere.
import { type FormEvent, useState } from "react";
import { Copy } from "../../accounts/form/Copy";
import { Check, Field } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { asLogin, isLogin, passwordFrom } from "../../accounts/rules";
import { addUser, usersOf } from "../../api/accounts/people";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { ChooseGroups } from "./ChooseGroups";

const fresh = (): string => passwordFrom((bytes) => crypto.getRandomValues(bytes));

export function AddPerson({ groups: known, logins, onClose }: { groups: string[]; logins: string[]; onClose: () => void }) {
  const say = useWords();
  const { auth } = useIdentity();
  const withProvider = auth?.ways.includes("oauth") ?? false;
  const withPassword = auth?.ways.includes("password") || auth?.ways.includes("basic") || false;
  const [typed, type] = useState({ login: "", name: "", email: "" });
  const [groups, setGroups] = useState<string[]>([]);
  const [admin, setAdmin] = useState(false);
  const [byPassword, setByPassword] = useState(withPassword);
  const [fault, setFault] = useState("");
  const [made, setMade] = useState<{ login: string; password: string | null } | null>(null);
  const submit = useSubmit();
  const set = (change: Partial<typeof typed>) => type((old) => ({ ...old, ...change }));

  const send = (event: FormEvent) => {
    event.preventDefault();
    const login = asLogin(typed.login);
    const found = !isLogin(login) ? say("login-rule") : logins.includes(login) ? say("login-taken") : "";
    setFault(found);
    if (found) return;
    const password = byPassword ? fresh() : null;
    void submit
      .run(() => addUser({ login, groups, admin, ...(typed.name.trim() ? { name: typed.name.trim() } : {}), ...(typed.email.trim() ? { email: typed.email.trim() } : {}), ...(password ? { password } : {}) }))
      .then((done) => {
        if (!done) return;
        setMade({ login, password });
        void queries.invalidateQueries({ queryKey: usersOf.queryKey });
      });
  };

  return (
    <Dialog open onClose={onClose} title={say(made ? "people-added" : "people-add")}>
      {made ? (
        <div className="entry dialog-form">
          {made.password ? (
            <>
              <p>{say("people-added-password", { login: made.login })}</p>
              <Copy label={say("signin-password")} text={made.password} />
              <p className="small quiet">{say("shown-once")}</p>
            </>
          ) : <p>{say("people-added-provider", { login: made.login })}</p>}
          <div className="form-buttons"><Button tone="solid" onClick={onClose}>{say("done")}</Button></div>
        </div>
      ) : (
        <form className="entry dialog-form" noValidate onSubmit={send}>
          <Field label={say("person-login")} hint={say("login-rule")} error={fault || submit.issue("/login")} value={typed.login} change={(login) => set({ login })} autoCapitalize="off" spellCheck={false} autoComplete="off" maxLength={64} />
          <Field label={say("person-name")} optional error={submit.issue("/name")} value={typed.name} change={(name) => set({ name })} autoComplete="off" maxLength={80} />
          <Field label={say("person-email")} optional type="email" error={submit.issue("/email")} value={typed.email} change={(email) => set({ email })} autoComplete="off" maxLength={254} />
          <ChooseGroups known={known} chosen={groups} change={setGroups} />
          <fieldset>
            <legend className="label">{say("people-access")}</legend>
            {withPassword && <Check label={say("people-make-password")} hint={say(withProvider ? "people-make-password-either" : "people-make-password-detail")} checked={byPassword} change={setByPassword} disabled={!withProvider} />}
            <Check label={say("role-admin")} hint={say("role-admin-detail")} checked={admin} change={setAdmin} />
          </fieldset>
          <Trouble problem={submit.problem} words={{ login_taken: say("login-taken") }} />
          <div className="form-buttons">
            <Button onClick={onClose}>{say("confirm-back")}</Button>
            <Button tone="solid" type="submit" disabled={submit.sending}>{say("people-add")}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
