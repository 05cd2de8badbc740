//! The one place where markup enters the page. It was rendered and made safe by the server.
import { useLayoutEffect, useRef } from "react";
import { revealedMarkup } from "../hostile";
import "./markup.css";

interface Policy {
  createHTML(html: string): unknown;
}

const factory = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: Policy): Policy } }).trustedTypes;
const policy: Policy = factory?.createPolicy("askwell", { createHTML: (html) => html }) ?? { createHTML: (html) => html };

export function Markup({ html }: { html: string }) {
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    for (const link of place.current?.querySelectorAll("a") ?? []) {
      // A link says where it leads, whatever its words claim.
      try {
        link.dataset.host = new URL(link.href).host;
      } catch {
        link.removeAttribute("href");
      }
      link.target = "_blank";
      link.rel = "noopener noreferrer";
    }
  }, [html]);
  return (
    <div
      ref={place}
      className="markup"
      dangerouslySetInnerHTML={{ __html: policy.createHTML(revealedMarkup(html)) as string }}
    />
  );
}
