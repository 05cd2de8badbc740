import { expect, it } from "vitest";
import { filterOf } from "./filter";

it("the address is the filter: whole days of the reader's calendar, and nothing of what is none", () => {
  const filter = filterOf(new URLSearchParams("actor= user:mei &action=login.&session=s&from=2026-03-01&to=2026-03-01"));
  expect(filter).toMatchObject({ actor: "user:mei", action: "login.", session_id: "s" });
  expect(Date.parse(filter.until) - Date.parse(filter.since)).toBe(24 * 3600_000);
  expect(new Date(filter.since).getHours()).toBe(0);
  expect(filterOf(new URLSearchParams("from=yesterday"))).toEqual({ actor: "", action: "", session_id: "", since: "", until: "" });
});
