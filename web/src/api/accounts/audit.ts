//! What was done, by whom.
import { infiniteQueryOptions } from "@tanstack/react-query";
import type { AuditEntry } from "../accounts";
import { address, call } from "./call";

export interface AuditFilter {
  actor: string;
  action: string;
  session_id: string;
  since: string;
  until: string;
}

export const auditOf = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: ["audit", filter],
    queryFn: ({ pageParam, signal }) =>
      call<{ entries: AuditEntry[]; next: number | null }>("GET", "/audit", { query: { ...filter, before: pageParam, limit: 100 }, signal }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  });

export const exportAddress = (format: "ndjson" | "csv"): string => address("/audit/export", { format });
