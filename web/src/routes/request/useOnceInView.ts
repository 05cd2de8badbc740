import { type RefObject, useEffect, useRef } from "react";

/** Whether the place was ever on the screen. Where `needed` is not set there is nothing to have seen. */
export function useOnceInView(place: RefObject<HTMLElement | null>, needed: boolean): () => boolean {
  const seen = useRef(!needed);
  useEffect(() => {
    const element = place.current;
    if (!element || seen.current) return;
    const observer = new IntersectionObserver((entries) => {
      if (entries.some((each) => each.isIntersecting)) {
        seen.current = true;
        observer.disconnect();
      }
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return () => seen.current;
}
