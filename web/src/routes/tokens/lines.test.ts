import { expect, it } from "vitest";
import { firstLine, PROGRAMS } from "./lines";

it("the first lines of a token carry it and do what it may", () => {
  for (const program of PROGRAMS) {
    const asks = firstLine(program, "ask_x", "https://a.example", true);
    const reads = firstLine(program, "ask_x", "https://a.example", false);
    for (const line of [asks, reads]) expect(line).toContain("Bearer ask_x");
    expect(asks).toContain("interaction_data");
    expect(reads).not.toContain("interaction_data");
  }
});
