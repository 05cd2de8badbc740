import type { ReactNode } from "react";
import { asProblem } from "../api/problem";
import { useWords } from "../language";
import { Button } from "./Button";
import { Icon, type IconName } from "./Icon";
import "./notice.css";

/** A calm place for "nothing here" and for "not found". */
export function Notice({ icon, title, children, action, alone }: { icon: IconName; title: string; alone?: boolean; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="notice">
      <span className="notice-icon"><Icon name={icon} size={28} /></span>
      {/* The one thing on the screen is its heading. */}
      {alone ? <h1>{title}</h1> : <h2>{title}</h2>}
      {children && <div className="quiet">{children}</div>}
      {action && <div className="notice-action">{action}</div>}
    </div>
  );
}

/** What failed, what was kept, and what to do. */
export function Failure({ error, retry }: { error: unknown; retry?: () => void }) {
  const say = useWords();
  const problem = asProblem(error);
  const title = problem.unreachable ? say("failure-unreachable") : (problem.body.title ?? say("failure-title"));
  return (
    <Notice
      icon={problem.unreachable ? "offline" : "warning"}
      title={title}
      action={retry && <Button icon="retry" onClick={retry}>{say("retry")}</Button>}
    >
      <p>{problem.unreachable ? say("failure-unreachable-detail") : problem.message}</p>
      {problem.body.request_id && <p className="tiny mono">{say("request-id", { id: problem.body.request_id })}</p>}
    </Notice>
  );
}
