//! Callbacks that were sent, or are to be.
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, taken } from "../client";
import type { components } from "../schema";

export type Delivery = components["schemas"]["Delivery"];
export const STATES = ["pending", "delivered", "refused", "dead"] as const;

export type DeliveryState = (typeof STATES)[number];

/** An empty state is every state. */
export const deliveriesOf = (state: DeliveryState | "", session: string) =>
  infiniteQueryOptions({
    queryKey: ["deliveries", state, session],
    queryFn: ({ pageParam, signal }) =>
      taken(api.GET("/api/deliveries", {
        params: { query: { limit: 100, ...(state ? { state } : {}), ...(session ? { session_id: session } : {}), ...(pageParam ? { cursor: pageParam } : {}) } },
        signal,
      })),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    refetchInterval: 15_000,
  });

export const redeliver = (id: string) => taken(api.POST("/api/deliveries/{delivery_id}/redeliver", { params: { path: { delivery_id: id } } }));
