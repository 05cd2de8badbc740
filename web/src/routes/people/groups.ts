import type { User } from "../../api/accounts";

/** Groups with their members, in the order of the alphabet. */
export function groupsOf(users: readonly User[]): Map<string, User[]> {
  const groups = new Map<string, User[]>();
  for (const user of users) for (const group of user.groups) groups.set(group, [...(groups.get(group) ?? []), user]);
  return new Map([...groups].sort(([a], [b]) => a.localeCompare(b)));
}
