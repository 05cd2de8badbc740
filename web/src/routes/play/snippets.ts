//! The same request as one would send it: from a shell, from Python, from JavaScript, with `askwell ask`. Pure.

export const LANGUAGES = ["curl", "Python", "JavaScript", "askwell ask"] as const;
export type Snippet = (typeof LANGUAGES)[number];

const shell = (text: string): string => `'${text.replace(/'/g, `'\\''`)}'`;

/** JSON as Python writes it. */
export function python(value: unknown, indent = 0): string {
  const pad = "    ".repeat(indent + 1);
  const end = "    ".repeat(indent);
  if (value === null || value === undefined) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value !== "object") return JSON.stringify(value);
  if (Array.isArray(value)) return value.length ? `[\n${value.map((each) => `${pad}${python(each, indent + 1)},\n`).join("")}${end}]` : "[]";
  const entries = Object.entries(value);
  return entries.length ? `{\n${entries.map(([key, each]) => `${pad}${JSON.stringify(key)}: ${python(each, indent + 1)},\n`).join("")}${end}}` : "{}";
}

export function snippet(kind: Snippet, body: unknown, origin: string): string {
  const json = JSON.stringify(body, null, 2);
  switch (kind) {
    case "curl":
      return `curl -s ${origin}/api/sessions -H 'Content-Type: application/json' -d ${shell(json)}`;
    case "Python":
      return `import requests

session = requests.post("${origin}/api/sessions", json=${python(body)}).json()["session"]

while session["status"] in ("pending", "active"):
    session = requests.get(f"${origin}/api/sessions/{session['session_id']}", params={"wait": 60}).json()["session"]

print(session["status"], session.get("response"))`;
    case "JavaScript":
      return `const opened = await fetch("${origin}/api/sessions", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify(${json.replace(/\n/g, "\n  ")}),
});
let { session } = await opened.json();

while (["pending", "active"].includes(session.status)) {
  const waited = await fetch(\`${origin}/api/sessions/\${session.session_id}?wait=60\`);
  ({ session } = await waited.json());
}

console.log(session.status, session.response);`;
    case "askwell ask":
      return `askwell ask --server ${origin} --json ${shell(json)}`;
  }
}

/** What the callback receives once somebody has answered. */
export const callback = (body: Record<string, unknown>, answer: unknown): string =>
  JSON.stringify({
    session_id: "01a21782-e18b-7179-a73b-8c8541a36573",
    workflow_id: body.workflow_id ?? null,
    status: "completed",
    version: 2,
    event_id: "01a21782-e18b-7179-a73b-8c8541a36573.2",
    timestamp: "2026-01-01T10:31:00.000Z",
    response: { session_id: "01a21782-e18b-7179-a73b-8c8541a36573", response_data: answer, submitted_at: "2026-01-01T10:31:00.000Z", user_id: "li.wei", source: "person", comment: null },
  }, null, 2);
