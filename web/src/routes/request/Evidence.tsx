//! What the question is about: actions that will run, changes, a plan, data. Reviews show their plan in their own body.
import { lazy, Suspense } from "react";
import type { Action, Session } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { Json } from "../../ui/Json";
import { Plain } from "../../ui/Plain";

const Changes = lazy(() => import("../../ui/Changes"));

export function ActionView({ action, edited }: { action: Action; edited?: unknown }) {
  const say = useWords();
  return (
    <div className="action">
      <p className="action-name">
        <code><Plain text={action.kind} /></code>
        {action.target && <> <span className="quiet">{say("action-on")}</span> <code><Plain text={action.target} /></code></>}
      </p>
      {action.description != null && <p className="small quiet"><Plain text={inLanguage(action.description)} /></p>}
      {action.args != null && (
        edited === undefined ? <Json value={action.args} /> : (
          <Suspense fallback={<Json value={edited} />}>
            <Changes before={JSON.stringify(action.args, null, 2)} after={JSON.stringify(edited, null, 2)} />
          </Suspense>
        )
      )}
    </div>
  );
}

const isText = (value: unknown): value is string => typeof value === "string" && value.length > 0;

/** Data in the shape that says more than a tree: a patch, or what was and what will be. */
export function Data({ data }: { data: unknown }) {
  const say = useWords();
  if (data == null) return null;
  const object = typeof data === "object" && !Array.isArray(data) ? (data as Record<string, unknown>) : null;
  const patch = object && [object.diff, object.patch, object.changes].find(isText);
  const pair = object && isText(object.before) && isText(object.after) ? { before: object.before, after: object.after } : null;
  const rest = object && Object.fromEntries(Object.entries(object).filter(([, value]) => value !== patch && (!pair || (value !== pair.before && value !== pair.after))));
  return (
    <>
      {(patch || pair) && (
        <section className="part">
          <h2 className="label">{say("changes")}</h2>
          <Suspense fallback={<pre className="changes"><Plain text={patch ?? pair?.after ?? ""} /></pre>}>
            {pair ? <Changes {...pair} /> : <Changes patch={patch ?? ""} />}
          </Suspense>
        </section>
      )}
      {(!rest || Object.keys(rest).length > 0) && (
        <section className="part">
          <h2 className="label">{say("data")}</h2>
          <Json value={rest ?? data} />
        </section>
      )}
    </>
  );
}

export function Evidence({ session }: { session: Session }) {
  const say = useWords();
  const data = session.interaction_data;
  if (data.interaction_type === "review") return null;
  const actions = (data.actions ?? []) as Action[];
  return (
    <>
      {actions.length > 0 && (
        <section className="part">
          <h2 className="label">{say("actions")}</h2>
          {actions.map((action, index) => <ActionView key={index} action={action} />)}
        </section>
      )}
      <Data data={data.data_for_review} />
    </>
  );
}
