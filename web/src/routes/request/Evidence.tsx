//! What the question is about: actions that will run, changes, a plan, data. Reviews show their plan in their own body.
import { lazy, Suspense } from "react";
import { pretty } from "../../api/exact";
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
      {action.args != null && <Arguments args={action.args} edited={edited} />}
    </div>
  );
}

/** A command as one would type it, the rest below; what was edited as a difference. */
function Arguments({ args, edited }: { args: unknown; edited: unknown }) {
  const [command, rest] = apart(args);
  const [other, others] = edited === undefined ? [command, rest] : apart(edited);
  // Once a command is gone, or came in its place, the whole is compared.
  const both = command !== null && other !== null;
  const [before, after] = both ? [rest, others] : [args, edited ?? args];
  const same = pretty(before) === pretty(after);
  return (
    <>
      {both && (command === other ? <pre className="command" tabIndex={0}><code><Plain text={command} /></code></pre> : <Difference before={command} after={other} />)}
      {same ? !isEmpty(before) && <Json value={before} /> : <Difference before={pretty(before)} after={pretty(after)} />}
    </>
  );
}

function Difference(sides: { before: string; after: string }) {
  return (
    <Suspense fallback={<pre className="changes"><Plain text={sides.after} /></pre>}>
      <Changes {...sides} />
    </Suspense>
  );
}

/** The command that arguments hold, and what else they hold. */
function apart(args: unknown): [string | null, unknown] {
  if (typeof args !== "object" || args === null || !("command" in args) || !isText(args.command)) return [null, args];
  const { command, ...rest } = args;
  return [command, rest];
}

const isEmpty = (value: unknown): boolean => typeof value === "object" && value !== null && Object.keys(value).length === 0;

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
