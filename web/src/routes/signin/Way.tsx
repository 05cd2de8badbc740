import type { ReactNode } from "react";
import { PageTools } from "../../accounts/PageTools";
import { useWords } from "../../language";
import { Mark } from "../../ui/Icon";
import { useEffect } from "react";
import "../../accounts/form/form.css";
import "./signin.css";

/** The frame of the ways in: one column, nothing else to look at. */
export function Way({ title, children }: { title: string; children: ReactNode }) {
  const say = useWords();
  useEffect(() => {
    document.title = `${title} · Askwell`;
  }, [title]);
  return (
    <div className="way">
      <header className="way-head"><span className="brand"><Mark /><span>Askwell</span></span><PageTools /></header>
      <main id="main" className="way-main" aria-label={say("signin-main")}>
        <h1>{title}</h1>
        {children}
      </main>
    </div>
  );
}
