import { useState } from "react";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { callback, LANGUAGES, type Snippet, snippet } from "./snippets";

/** How a program asks the same, and what its callback gets. */
export function Code({ body, answer }: { body: Record<string, unknown>; answer: unknown }) {
  const say = useWords();
  const [kind, choose] = useState<Snippet | "callback">("curl");
  const [copied, setCopied] = useState(false);
  const text = kind === "callback" ? callback(body, answer) : snippet(kind, body, location.origin);
  return (
    <section className="code">
      <div className="code-head">
        <div role="tablist" aria-label={say("play-code")} className="tabs">
          {[...LANGUAGES, "callback" as const].map((each) => (
            <button key={each} type="button" role="tab" aria-selected={kind === each} onClick={() => (choose(each), setCopied(false))}>
              {each === "callback" ? say("play-callback") : each}
            </button>
          ))}
        </div>
        <Button small icon={copied ? "check" : "copy"} onClick={() => void navigator.clipboard?.writeText(text).then(() => setCopied(true))}>{say(copied ? "copied" : "copy")}</Button>
      </div>
      <pre tabIndex={0} aria-label={kind}>{text}</pre>
    </section>
  );
}
