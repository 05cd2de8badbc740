//! Tokens of programs.
import { queryOptions } from "@tanstack/react-query";
import type { NewToken, Token } from "../accounts";
import { call } from "./call";

export const tokensOf = (all: boolean) =>
  queryOptions({
    queryKey: ["tokens", all],
    queryFn: async ({ signal }) => (await call<{ tokens: Token[] }>("GET", "/tokens", { query: { all: all || undefined }, signal })).tokens,
  });

export const createToken = (token: NewToken) => call<{ token: Token; secret: string }>("POST", "/tokens", { body: token });

export const revokeToken = (id: string) => call("DELETE", `/tokens/${encodeURIComponent(id)}`);
