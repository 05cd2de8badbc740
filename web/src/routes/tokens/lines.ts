//! A first line with a new token, ready to run. Pure.

export const PROGRAMS = ["curl", "Python"] as const;
export type Program = (typeof PROGRAMS)[number];

/** A token that may create asks something; one that only reads reads. */
export function firstLine(program: Program, secret: string, origin: string, creates: boolean): string {
  const body = { interaction_data: { interaction_type: "confirmation", title: "Ship it?" } };
  if (program === "curl") {
    return creates
      ? `curl -s ${origin}/api/sessions -H 'Authorization: Bearer ${secret}' -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
      : `curl -s ${origin}/api/sessions -H 'Authorization: Bearer ${secret}'`;
  }
  const given = `headers={"Authorization": "Bearer ${secret}"}`;
  return creates
    ? `import requests\n\nprint(requests.post("${origin}/api/sessions", ${given},\n    json={"interaction_data": {"interaction_type": "confirmation", "title": "Ship it?"}}).json())`
    : `import requests\n\nprint(requests.get("${origin}/api/sessions", ${given}).json())`;
}
