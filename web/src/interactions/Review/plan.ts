//! Finds the plan in what is reviewed, whatever its requester calls it, and tells what changed since the last attempt. Pure.
import { diffArrays } from "diff";

export interface Step {
  id: string;
  goal: string;
  type: string | null;
  after: string[];
  /** What else the step says. */
  rest: Record<string, unknown>;
}

export interface Plan {
  key: string | null;
  steps: Step[];
}

const LISTS = ["planned_sub_tasks", "plan", "steps", "sub_tasks", "subtasks", "tasks", "sub_tasks_planned"];
const GOALS = ["goal", "title", "description", "name", "task", "text"];
const TYPES = ["node_type", "task_type", "type", "kind"];
const DEPENDENCIES = ["depends_on", "depends_on_indices", "dependencies", "after"];

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function stepOf(value: unknown, index: number): Step | null {
  if (typeof value === "string") return { id: String(index + 1), goal: value, type: null, after: [], rest: {} };
  if (!isObject(value)) return null;
  const goal = GOALS.find((key) => typeof value[key] === "string");
  if (!goal) return null;
  const type = TYPES.filter((key) => typeof value[key] === "string").map((key) => String(value[key]));
  const dependencies = DEPENDENCIES.find((key) => Array.isArray(value[key]));
  const used = new Set([goal, "id", "task_id", ...TYPES, ...(dependencies ? [dependencies] : [])]);
  const after = dependencies ? (value[dependencies] as unknown[]).map((each) =>
    // Indices count from nought, people from one.
    dependencies === "depends_on_indices" && typeof each === "number" ? String(each + 1) : String(each)) : [];
  return {
    id: String(value.id ?? value.task_id ?? index + 1),
    goal: String(value[goal]),
    type: type.length ? [...new Set(type)].join(" · ") : null,
    after,
    rest: Object.fromEntries(Object.entries(value).filter(([key, each]) => !used.has(key) && each != null)),
  };
}

function stepsOf(value: unknown): Step[] | null {
  if (!Array.isArray(value) || !value.length) return null;
  const steps = value.map(stepOf);
  return steps.every((each) => each !== null) ? steps : null;
}

export function planOf(data: unknown): Plan | null {
  const bare = stepsOf(data);
  if (bare && (data as unknown[]).some(isObject)) return { key: null, steps: bare };
  if (!isObject(data)) return null;
  for (const key of LISTS) {
    const steps = stepsOf(data[key]);
    if (steps) return { key, steps };
    if (isObject(data[key])) {
      const inner = planOf(data[key]);
      if (inner) return { key, steps: inner.steps };
    }
  }
  return null;
}

/** What is reviewed beside the plan. */
export function besides(data: unknown, plan: Plan | null): unknown {
  if (!plan || !isObject(data)) return plan ? null : data;
  const rest = Object.entries(data).filter(([key, value]) => key !== plan.key && value != null);
  return rest.length ? Object.fromEntries(rest) : null;
}

/** A step of the plan as it is now, or of the one before where it is gone. */
export interface Line {
  step: Step;
  /** Its place in the plan as it is now; null where it is gone. */
  index: number | null;
  mark: "same" | "new" | "changed" | "gone";
  /** As it was. */
  was?: Step;
}

const keyOf = ({ goal, type, after, rest }: Step): string => JSON.stringify([goal, type, after, rest]);

/** The plan with what changed since the one before marked in it. */
export function compared(now: Plan, before: Plan | null): Line[] {
  if (!before) return now.steps.map((step, index) => ({ step, index, mark: "same" }));
  const lines: Line[] = [];
  let index = 0;
  let gone: Step[] = [];
  const leave = () => {
    lines.push(...gone.map((step): Line => ({ step, index: null, mark: "gone" })));
    gone = [];
  };
  for (const part of diffArrays(before.steps, now.steps, { comparator: (a, b) => keyOf(a) === keyOf(b) })) {
    if (part.removed) {
      gone.push(...part.value);
    } else if (part.added) {
      const pairs = paired(gone, part.value);
      gone = gone.filter((step) => !pairs.includes(step));
      leave();
      part.value.forEach((step, at) => {
        const was = pairs[at];
        lines.push({ step, index: index++, ...(was ? { mark: "changed", was } : { mark: "new" }) });
      });
    } else {
      leave();
      for (const step of part.value) lines.push({ step, index: index++, mark: "same" });
    }
  }
  leave();
  return lines;
}

/** Which of those gone each of the new ones was: the one with its words, else the one with its name. */
function paired(gone: readonly Step[], come: readonly Step[]): (Step | undefined)[] {
  const left = new Set(gone);
  const take = (fits: (old: Step) => boolean) => {
    const found = [...left].find(fits);
    if (found) left.delete(found);
    return found;
  };
  const byWords = come.map((step) => take((old) => old.goal === step.goal));
  return come.map((step, at) => byWords[at] ?? take((old) => old.id === step.id));
}
