import { type ReactNode, useId } from "react";
import "./explained.css";

/** A word that not everybody knows; pressing it says what it means, where it stands. */
export function Explained({ word, children }: { word: string; children: ReactNode }) {
  const id = useId();
  return (
    <>
      <button type="button" className="explained" popoverTarget={id} aria-describedby={`${id}-text`}>{word}</button>
      <span id={id} popover="auto" className="menu explanation"><span id={`${id}-text`}>{children}</span></span>
    </>
  );
}
