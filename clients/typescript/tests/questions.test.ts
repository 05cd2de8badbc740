//! Each kind of question, and the calls that read its answer.
import assert from "node:assert/strict";
import { describe, test, type TestContext } from "node:test";
import { Askwell, Cancelled, confirmation, custom, fileUpload, NotAskwell, planReview, selection, textInput, TimedOut } from "../src/index.js";
import { Double, says } from "./double.js";
import { aSession, completed, defaultUsed, type Wire } from "./wire.js";

async function answered(t: TestContext, session: Wire): Promise<[Askwell, Double]> {
  const double = await Double.start(t);
  double.replies.push((reply) => says(reply, { success: true, session }));
  return [new Askwell(double.url), double];
}
const asked = (double: Double): Wire => double.seen[0]?.body.interaction_data as Wire;
const given = (response_data: unknown): Wire => completed("a", { response_data });

test("each kind gives the wire's object", () => {
  const wire = (value: object): unknown => JSON.parse(JSON.stringify(value));
  assert.deepEqual(wire(confirmation("T", { message: "M" })), { interaction_type: "confirmation", title: "T", message: "M" });
  assert.deepEqual(wire(selection("T", { options: ["a"], multiple: true, max_choices: 1 })), {
    interaction_type: "selection", title: "T", message: "", options: ["a"], multiple: true, max_choices: 1,
  });
  assert.deepEqual(textInput("T", { fields: [{ name: "a" }] }).fields, [{ name: "a" }]);
  assert.deepEqual(fileUpload("T", { accept_types: [".md"] }).accept_types, [".md"]);
  assert.deepEqual(custom("T", { schema: { type: "object" } }).schema, { type: "object" });
  assert.deepEqual(wire(planReview("Plan", "Why", { steps: [] }, { node_id: "n", attempt: 2 })), {
    interaction_type: "review", title: "Plan", message: "Why", data_for_review: { steps: [] }, checkpoint_name: "Plan", node_id: "n", attempt: 2,
  });
  const shown = confirmation("T", { consequences: { on_timeout: "Nothing." }, default_value: "cancel" });
  assert.deepEqual([shown.consequences, shown.default_value], [{ on_timeout: "Nothing." }, "cancel"]);
});

test("a misspelt word is refused here", () => {
  assert.throws(() => confirmation("T", { concequences: {} } as never), /confirmation takes no concequences/);
  assert.throws(() => confirmation("T", { fields: [] } as never), /takes no fields/);
  assert.throws(() => planReview("P", "W", null, { attempt: 2 } as never), /node_id/);
  assert.throws(() => planReview("P", "W", null, { node_id: "n", node: "n" } as never), /takes no node/);
});

describe("confirm", () => {
  test("is true for a person's yes and false for a person's no", async (t) => {
    const [yes] = await answered(t, given({ choice: "confirm" }));
    assert.equal(await yes.confirm("Deploy?"), true);
    const [no, double] = await answered(t, given({ choice: "cancel" }));
    assert.equal(await no.confirm("Deploy?", { yes: "Deploy", no: "Hold back", message: "M", timeout: 5, risk: "low" }), false);
    const { idempotency_key, ...body } = double.seen[0]?.body ?? {};
    assert.ok(idempotency_key);
    assert.deepEqual(body, {
      risk: "low",
      interaction_data: {
        interaction_type: "confirmation", title: "Deploy?", message: "M", timeout: 5,
        options: [{ value: "confirm", label: "Deploy" }, { value: "cancel", label: "Hold back" }],
      },
    });
  });
  for (const data of [{ choice: "yes" }, { choice: true }, { choice: ["confirm"] }, {}, "confirm", null, true]) {
    test(`throws for ${JSON.stringify(data)}`, async (t) => {
      const [askwell] = await answered(t, given(data));
      await assert.rejects(askwell.confirm("Deploy?"), NotAskwell);
    });
  }
  test("throws for silence, also for one that a default stands in for", async (t) => {
    const [silent] = await answered(t, aSession("a", { status: "timeout" }));
    await assert.rejects(silent.confirm("Deploy?"), TimedOut);
    const wire = defaultUsed();
    (wire.response as Wire).response_data = { choice: "confirm" };
    const [byDefault] = await answered(t, wire);
    await assert.rejects(byDefault.confirm("Deploy?"), NotAskwell);
    const [cancelled] = await answered(t, aSession("a", { status: "cancelled" }));
    await assert.rejects(cancelled.confirm("Deploy?"), Cancelled);
  });
  test("takes no default", async () => {
    const askwell = new Askwell("http://127.0.0.1:9", { patience: { retryFor: 0 } });
    for (const option of ["on_timeout", "default_value"]) {
      await assert.rejects(askwell.confirm("T", { [option]: "default" } as never), TypeError);
    }
  });
});

describe("choose", () => {
  test("gives one of the options, of its type", async (t) => {
    const [askwell, double] = await answered(t, given({ selection: 7 }));
    const chosen: "a" | 7 = await askwell.choose("Which?", ["a", { value: 7, label: "Seven" }]);
    assert.equal(chosen, 7);
    assert.deepEqual(asked(double).options, ["a", { value: 7, label: "Seven" }]);
  });
  for (const selection of ["b", "7", ["a"], null]) {
    test(`throws for ${JSON.stringify(selection)}, which was no option`, async (t) => {
      const [askwell] = await answered(t, given({ selection }));
      await assert.rejects(askwell.choose("Which?", ["a", 7]), NotAskwell);
    });
  }
  test("several", async (t) => {
    const [askwell, double] = await answered(t, given({ selection: ["a", "c"] }));
    assert.deepEqual(await askwell.chooseSeveral("Which?", ["a", "b", "c"], { max_choices: 2 }), ["a", "c"]);
    assert.deepEqual([asked(double).multiple, asked(double).max_choices], [true, 2]);
    const [liar] = await answered(t, given({ selection: ["a", "d"] }));
    await assert.rejects(liar.chooseSeveral("Which?", ["a", "b", "c"]), NotAskwell);
  });
});

test("a form gives its values", async (t) => {
  const [askwell, double] = await answered(t, given({ host: "build-3", port: 8080 }));
  assert.deepEqual(await askwell.form("Which server?", [{ name: "host" }, { name: "port", field_type: "integer" }]), { host: "build-3", port: 8080 });
  assert.equal(asked(double).interaction_type, "text_input");
  const [liar] = await answered(t, given(["build-3"]));
  await assert.rejects(liar.form("Which server?", [{ name: "host" }]), NotAskwell);
});

describe("review", () => {
  const review = async (t: TestContext, data: unknown) => {
    const [askwell] = await answered(t, given(data));
    return askwell.review("Plan", "Why", {}, { node_id: "n" });
  };
  test("modify carries what should change", async (t) => {
    const found = await review(t, { action: "modify", modification_instructions: "Shorter.", step_comments: { "2": "Drop it" } });
    assert.deepEqual([found.action, found.instructions, found.step_comments[2]], ["modify", "Shorter.", "Drop it"]);
    assert.equal(found.answer.user_id, "li.wei");
  });
  test("approve carries what was edited", async (t) => {
    const found = await review(t, { action: "approve", edited: { replicas: 2 }, fields: { owner: "ops" } });
    assert.deepEqual([found.action, found.edited, found.fields], ["approve", { replicas: 2 }, { owner: "ops" }]);
  });
  for (const [actions, overall] of [[["approve", "approve"], "approve"], [["approve", "modify"], "modify"], [["modify", "abort", "approve"], "abort"]] as const) {
    test(`of several decisions the strictest stands: ${actions.join()}`, async (t) => {
      const found = await review(t, { decisions: actions.map((action) => ({ action })) });
      assert.equal(found.action, overall);
      assert.deepEqual(found.decisions.map(({ action }) => action), actions);
    });
  }
  const never = [
    null, "approve", [], {}, { action: null }, { action: "Approve" }, { action: "yes" }, { action: ["approve"] }, { decisions: [] },
    { decisions: "approve" }, { decisions: ["approve"] }, { decisions: [{ action: "approve" }, {}] },
    { decisions: [{ action: "approve" }, { action: "ok" }] }, { action: "approve", step_comments: { x: "" } }, { action: "approve", step_comments: "x" },
  ];
  for (const data of never) {
    test(`whatever else is never an approval: ${JSON.stringify(data)}`, async (t) => {
      await assert.rejects(review(t, data), NotAskwell);
    });
  }
  test("silence is never an approval", async (t) => {
    const wire = defaultUsed();
    (wire.response as Wire).response_data = { action: "approve" };
    const [askwell] = await answered(t, wire);
    await assert.rejects(askwell.review("Plan", "Why", {}, { node_id: "n" }), NotAskwell);
  });
});
