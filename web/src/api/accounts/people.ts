//! People and groups: managing them, and choosing among them.
import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { NewUser, People, User, UserChange } from "../accounts";
import { call } from "./call";

const PAGE = 200;

export const usersOf = infiniteQueryOptions({
  queryKey: ["users"],
  queryFn: ({ pageParam, signal }) => call<{ users: User[]; next: string | null }>("GET", "/users", { query: { after: pageParam, limit: PAGE }, signal }),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next ?? undefined,
});

export const addUser = async (user: NewUser) => (await call<{ user: User }>("POST", "/users", { body: user })).user;

export const changeUser = async (login: string, change: UserChange) =>
  (await call<{ user: User }>("PATCH", `/users/${encodeURIComponent(login)}`, { body: change })).user;

export const peopleLike = (q: string) =>
  queryOptions({
    queryKey: ["people", q],
    queryFn: ({ signal }) => call<People>("GET", "/people", { query: { q }, signal }),
    placeholderData: (old) => old,
  });
