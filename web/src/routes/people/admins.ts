import type { User } from "../../api/accounts";

/** Whether nobody else could let people in again. */
export const isLastAdmin = (user: User, users: readonly User[]): boolean =>
  user.admin && !user.disabled_at && !users.some((each) => each.login !== user.login && each.admin && !each.disabled_at);
