//! What a view is filtered by lives in the address, so that it can be sent to somebody.
import { useSearchParams } from "wouter";

/** The address's parameters, and how one of them is set; an empty one is left out. */
export function useAddress() {
  const [params, setParams] = useSearchParams();
  const set = (name: string, value: string) =>
    setParams((old) => {
      const next = new URLSearchParams(old);
      if (value) next.set(name, value);
      else next.delete(name);
      return next;
    }, { replace: true });
  return { params, set, clear: () => setParams({}, { replace: true }) };
}
