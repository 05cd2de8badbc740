import { describe, expect, it } from "vitest";
import { answerOf, fieldsOf } from "./schema";

describe("fields of a schema", () => {
  it("makes controls of what has one, JSON of the rest", () => {
    const fields = fieldsOf({
      type: "object", required: ["cpu"],
      properties: {
        cpu: { type: "integer", minimum: 1, maximum: 100 }, on: { type: "boolean" }, level: { enum: ["a", "b"] }, names: { type: "array", items: { type: "string" } },
        deep: { type: "object", properties: {} }, when: { type: "string", format: "date" }, ref: { $ref: "#/$defs/mail" },
      },
      $defs: { mail: { type: "string", format: "email", title: "Mail" } },
    });
    expect(fields?.map((each) => each.spec.field_type)).toEqual(["integer", "checkbox", "radio", "textarea", "json", "date", "email"]);
    expect(fields?.[0]?.spec).toMatchObject({ required: true, min_value: 1, max_value: 100 });
    expect(fields?.[6]?.spec.label).toBe("Mail");
  });

  it("gives up where an object says nothing of its keys", () => {
    expect(fieldsOf({ type: "array" })).toBeNull();
    expect(fieldsOf({ type: "object", required: ["x"], properties: { y: {} } })).toBeNull();
  });

  it("makes lists of lines", () => {
    const fields = fieldsOf({ properties: { names: { type: "array", items: { type: "string" } } } }) ?? [];
    expect(answerOf(fields, { names: "a\n\n b " })).toEqual({ names: ["a", "b"] });
  });
});
