import { type ReactNode, useEffect, useRef } from "react";
import { useWords } from "../language";
import { IconButton } from "./Button";
import "./dialog.css";

interface Props {
  open: boolean;
  onClose: () => void;
  title: string;
  children: ReactNode;
  className?: string;
  bare?: boolean;
}

/** The browser's own dialog: focus, Esc and the inert rest of the page come with it. */
export function Dialog({ open, onClose, title, children, className = "", bare }: Props) {
  const say = useWords();
  const place = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = place.current;
    if (open && dialog && !dialog.open) dialog.showModal();
    if (!open && dialog?.open) dialog.close();
  }, [open]);
  return (
    <dialog
      ref={place}
      className={`dialog ${className}`}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && place.current?.close()}
    >
      {open && (
        <div className="dialog-inside">
          {!bare && (
            <header>
              <h2>{title}</h2>
              <IconButton icon="close" label={say("close")} onClick={() => place.current?.close()} />
            </header>
          )}
          {children}
        </div>
      )}
    </dialog>
  );
}
