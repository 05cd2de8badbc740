//! The screens of accounts. Who may not see one is told so; the server decides anyway.
import { lazy, type ComponentType } from "react";
import { Link, Route, Switch } from "wouter";
import { useWords, withWords } from "../language";
import { useIdentity } from "../me";
import { NotFound } from "../routes/errors";
import { Notice } from "../ui/Notice";

const Account = lazy(withWords(() => import("../routes/account/Account"), "people", "forms"));
const Tokens = lazy(withWords(() => import("../routes/tokens/Tokens"), "people", "forms"));
const People = lazy(withWords(() => import("../routes/people/People"), "people", "forms"));
const Webhooks = lazy(withWords(() => import("../routes/webhooks/Webhooks"), "people", "forms"));
const Audit = lazy(withWords(() => import("../routes/audit/Audit"), "people", "forms"));

export default function Screens() {
  const { me } = useIdentity();
  const admins = (screen: ComponentType) => (me?.admin ? screen : Forbidden);
  return (
    <Switch>
      <Route path="/account" component={Account} />
      <Route path="/tokens" component={Tokens} />
      <Route path="/people" component={admins(People)} />
      <Route path="/webhooks" component={admins(Webhooks)} />
      <Route path="/audit" component={admins(Audit)} />
      <Route component={NotFound} />
    </Switch>
  );
}

function Forbidden() {
  const say = useWords();
  return (
    <Notice alone icon="hold" title={say("forbidden-title")} action={<Link className="button outline" href="/">{say("lost-home")}</Link>}>
      <p>{say("forbidden-detail")}</p>
    </Notice>
  );
}
