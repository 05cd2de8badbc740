//! A button that acts only when it is kept pressed, by pointer or by key. Invariant: letting go, leaving, or losing focus
//! before the end does nothing; a click alone, as assistive technology sends it, does nothing but say so.
import { type CSSProperties, useEffect, useId, useRef, useState } from "react";
import { useWords } from "../language";
import { Button, type Tone } from "./Button";
import "./hold.css";

const HOLD = 1_200;

interface Props {
  label: string;
  tone: Tone;
  disabled?: boolean;
  onHeld: () => void;
}

export function HoldButton({ label, tone, disabled, onHeld }: Props) {
  const say = useWords();
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const [state, settle] = useState<"rest" | "held" | "early">("rest");
  const begin = () => {
    if (disabled || timer.current !== undefined) return;
    settle("held");
    timer.current = setTimeout(() => {
      timer.current = undefined;
      settle("rest");
      onHeld();
    }, HOLD);
  };
  const end = () => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    settle("early");
  };
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <span className="hold">
      <Button
        tone={tone}
        disabled={disabled}
        className={`hold-button ${state}`}
        style={{ "--hold": `${HOLD}ms` } as CSSProperties}
        aria-describedby={id}
        onPointerDown={(event) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          begin();
        }}
        onPointerMove={(event) => {
          const { left, right, top, bottom } = event.currentTarget.getBoundingClientRect();
          if (event.clientX < left || event.clientX > right || event.clientY < top || event.clientY > bottom) end();
        }}
        onPointerUp={end}
        onPointerCancel={end}
        onLostPointerCapture={end}
        onContextMenu={(event) => event.preventDefault()}
        onKeyDown={(event) => {
          if (event.key === "Escape") return end();
          if (event.key !== " " && event.key !== "Enter") return;
          event.preventDefault();
          if (!event.repeat) begin();
        }}
        onKeyUp={(event) => {
          if (event.key !== " " && event.key !== "Enter") return;
          event.preventDefault();
          end();
        }}
        onBlur={end}
        onClick={() => timer.current === undefined && state === "rest" && settle("early")}
      >
        <span>{say("hold", { label })}</span>
      </Button>
      <span id={id} className="hold-hint tiny quiet">{say(state === "early" ? "hold-early" : "hold-hint")}</span>
      <span className="unseen" role="status">{state === "early" ? say("hold-early") : state === "held" ? say("hold-held") : ""}</span>
    </span>
  );
}
