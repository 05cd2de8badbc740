//! One's own account: who one is here, the password, passkeys, and where one is signed in.
import { Link } from "wouter";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { TabSign } from "../../notify";
import { Plain } from "../../ui/Plain";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { SignIns } from "./SignIns";
import "../../accounts/form/form.css";
import "./account.css";

export default function Account() {
  const say = useWords();
  const { me, auth } = useIdentity();
  if (!me) return null;
  const provider = auth?.provider ?? say("account-provider");
  const way = me.method === "oauth" ? say("account-by-provider", { provider }) : say(me.method === "password" ? "account-by-password" : "account-by-other", { method: me.method ?? "" });
  return (
    <div className="screen account">
      <TabSign title={say("account-title")} />
      <header className="screen-head"><h1>{say("account-title")}</h1></header>
      <dl className="pairs account-facts">
        <dt>{say("person-name")}</dt><dd><Plain text={me.name || me.login || ""} /></dd>
        <dt>{say("person-login")}</dt><dd className="mono"><Plain text={me.login ?? ""} /></dd>
        {me.email && <><dt>{say("person-email")}</dt><dd><Plain text={me.email} /></dd></>}
        <dt>{say("person-groups")}</dt><dd>{me.groups.length ? <Plain text={me.groups.join(say("and"))} /> : <span className="quiet">{say("groups-none")}</span>}</dd>
        <dt>{say("person-role")}</dt><dd>{say(me.admin ? "role-admin" : "role-person")}</dd>
        <dt>{say("account-method")}</dt><dd>{way}</dd>
      </dl>
      <p className="small quiet account-note">{say("account-who-changes")} {me.admin && <Link href="/people">{say("nav-people")}</Link>}</p>
      {me.has_password !== false ? <Password login={me.login ?? ""} /> : <section><h2 className="label">{say("password-title")}</h2><p className="quiet">{say("password-elsewhere", { provider })}</p></section>}
      <Passkeys offered={auth?.passkeys !== false} />
      <SignIns />
    </div>
  );
}
