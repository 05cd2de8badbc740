//! Finds the plan in what is reviewed, whatever its requester calls it, and tells what changed since the last attempt. Pure.

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

/** The plan as lines, for comparing. */
export const linesOf = (plan: Plan): string =>
  plan.steps.map((step) => `${step.goal}${step.type ? `  [${step.type}]` : ""}${step.after.length ? `  ← ${step.after.join(", ")}` : ""}`).join("\n");

/** Which steps are not as they were. */
export function changedSteps(now: Plan, before: Plan | null): Set<number> {
  if (!before) return new Set();
  const known = new Set(linesOf(before).split("\n"));
  return new Set(linesOf(now).split("\n").flatMap((line, index) => (known.has(line) ? [] : [index])));
}
