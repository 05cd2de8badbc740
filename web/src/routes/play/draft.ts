//! From what stands in the editor to the body of a create. Pure.

export type Parsed = { body: Record<string, unknown> } | { fault: string; line: number | null };

export function parse(text: string): Parsed {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === "object" && body !== null && !Array.isArray(body)) return { body: body as Record<string, unknown> };
    return { fault: "{ }", line: 1 };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const at = /position (\d+)/.exec(message)?.[1];
    // Where the text only ends too early, no place is told: it is the end.
    const before = at ? text.slice(0, Number(at)) : /\bend\b/i.test(message) ? text : null;
    return { fault: message.replace(/ in JSON.*| \(line.*/, ""), line: before === null ? null : before.split("\n").length };
  }
}
