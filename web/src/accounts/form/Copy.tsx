import { useState } from "react";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";

/** A text to take along: shown whole, and copied by a button where the browser lets one. */
export function Copy({ text, label }: { text: string; label: string }) {
  const say = useWords();
  const [said, tell] = useState<"copy" | "copied" | "copy-forbidden">("copy");
  const copy = () => void (navigator.clipboard?.writeText(text) ?? Promise.reject(new Error())).then(() => tell("copied"), () => tell("copy-forbidden"));
  return (
    <div className="copy">
      <pre tabIndex={0} aria-label={label}>{text}</pre>
      <Button small icon={said === "copied" ? "check" : "copy"} onClick={copy}>{say(said === "copied" ? "copied" : "copy")}</Button>
      <span className={said === "copy-forbidden" ? "small quiet" : "unseen"} role="status">{said === "copy" ? "" : say(said)}</span>
    </div>
  );
}
