/**
 * An agent makes a plan and has it reviewed until a person approves or stops it.
 *
 *     node plan-review.js [ADDRESS OF THE SERVER]
 *
 * Answer it in the inbox, or with curl. Ends with 0 if the plan was carried out, with 1 if not.
 */
import { Askwell, Unanswered } from "@askwell/client";

const TOPIC = "Which database fits our event log?";

/** Stands in for a language model: takes every instruction as one more step. */
function makePlan(attempt: number, earlier: string[], instructions: string | undefined): string[] {
  if (attempt === 1) return ["Collect candidates", "Compare them", "Write the report"];
  return [...earlier.slice(0, -1), String(instructions), ...earlier.slice(-1)];
}

/** Does what was approved, and nothing else. */
function carryOut(plan: string[]): void {
  for (const [index, step] of plan.entries()) console.log(`step ${index + 1}: ${step}`);
}

/** Plans, asks, plans again as instructed; runs nothing that was not approved. */
async function main(server: string): Promise<number> {
  const askwell = new Askwell(server);
  // One node of the workflow: people see its attempts side by side.
  const node_id = `research-${crypto.randomUUID()}`;
  let plan: string[] = [];
  let instructions: string | undefined;
  for (let attempt = 1; ; attempt += 1) {
    plan = makePlan(attempt, plan, instructions);
    console.log(`attempt ${attempt}: ${plan.length} steps to review`);
    let review;
    try {
      review = await askwell.review("Plan Generation", `Plan for: ${TOPIC}`, { plan }, {
        node_id,
        attempt,
        consequences: { on_answer: "The steps are run.", on_timeout: "Nothing is run." },
        timeout: 1200,
      });
    } catch (silence) {
      if (!(silence instanceof Unanswered)) throw silence;
      // What silence means is for the agent to decide. It never means yes.
      console.log(`stopped: ${silence.message}`);
      return 1;
    }
    if (review.action === "approve") {
      console.log(`approved by ${review.answer.user_id}`);
      carryOut(plan);
      return 0;
    }
    if (review.action === "abort") {
      console.log(`aborted by ${review.answer.user_id}: ${review.answer.comment ?? "no reason given"}`);
      return 1;
    }
    instructions = review.instructions;
  }
}

process.exitCode = await main(process.argv[2] ?? "http://127.0.0.1:8096");
