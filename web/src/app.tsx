//! Which screen is where.
import { QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Route, Switch, useLocation } from "wouter";
import { queries } from "./api/sessions";
import { Speaking, withWords } from "./language";
import { useIdentity } from "./me";
import { Guard, NotFound } from "./routes/errors";
import { Inbox } from "./routes/inbox/Inbox";
import { Shell } from "./shell/Shell";

const History = lazy(withWords(() => import("./routes/history/History")));
const Play = lazy(withWords(() => import("./routes/play/Play")));
const Settings = lazy(withWords(() => import("./routes/settings/Settings")));

export function App() {
  return (
    <QueryClientProvider client={queries}>
      <Speaking>
        <Page />
      </Speaking>
    </QueryClientProvider>
  );
}

/** With accounts, whoever is not known goes elsewhere first. */
function Page() {
  const { part } = useIdentity();
  const page = <Shell><Screens /></Shell>;
  return part ? <part.Gate>{page}</part.Gate> : page;
}

function Screens() {
  const [path] = useLocation();
  const { part } = useIdentity();
  return (
    <Guard mark={path}>
      <Suspense fallback={null}>
        <Switch>
          <Route path="/history" component={History} />
          <Route path="/play" component={Play} />
          <Route path="/settings" component={Settings} />
          {/* One route for both: moving between requests must not build the list anew. */}
          <Route path={/^\/(?:r\/[^/]+\/?)?$/} component={Inbox} />
          <Route component={part?.Screens ?? NotFound} />
        </Switch>
      </Suspense>
    </Guard>
  );
}
