//! Who gets what of the page: nobody the ways in, a guest their one request, a person all of it.
import { lazy, type ReactNode, Suspense, useEffect, useRef } from "react";
import { Route, Switch, useLocation, useSearch } from "wouter";
import { withWords } from "../language";
import { useIdentity } from "../me";
import { Guard } from "../routes/errors";
import { Floating } from "./handing";
import { loginFor } from "./returnTo";

const GuestFrame = lazy(withWords(() => import("./GuestFrame"), "signin"));
const Login = lazy(withWords(() => import("../routes/signin/Login"), "signin", "forms"));
const SetUp = lazy(withWords(() => import("../routes/signin/SetUp"), "signin", "forms"));
const Guest = lazy(withWords(() => import("../routes/signin/Guest"), "signin", "forms"));

const WAYS = /^\/(login|setup|g)\/?$/;

export function Gate({ children }: { children: ReactNode }) {
  const { me } = useIdentity();
  const [path] = useLocation();
  if (WAYS.test(path)) {
    return (
      <Guard mark={path}>
        <Suspense fallback={null}>
          <Switch>
            <Route path="/login" component={Login} />
            <Route path="/setup" component={SetUp} />
            <Route path="/g" component={Guest} />
          </Switch>
        </Suspense>
      </Guard>
    );
  }
  if (!me) return <Away />;
  if (me.kind === "guest") return <Suspense fallback={null}><GuestFrame me={me} /></Suspense>;
  return <>{children}<Floating /></>;
}

/** To the way in, and from there back here. */
function Away() {
  const { auth } = useIdentity();
  const [path, go] = useLocation();
  const search = useSearch();
  const been = useRef(false);
  useEffect(() => {
    if (been.current) return;
    been.current = true;
    if (auth?.setup) go("/setup", { replace: true });
    else go(loginFor(path, search), { replace: true });
  }, [auth, path, search, go]);
  return null;
}
