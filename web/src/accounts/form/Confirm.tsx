import type { ReactNode } from "react";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Trouble } from "./Trouble";
import { useSubmit } from "./useSubmit";

interface Props {
  title: string;
  /** What ends, in a sentence or two. */
  children: ReactNode;
  /** The act, as the button says it. */
  act: string;
  run: () => Promise<unknown>;
  onClose: () => void;
  words?: Record<string, string>;
}

/** Asks once more before something ends. */
export function Confirm({ title, children, act, run, onClose, words }: Props) {
  const say = useWords();
  const submit = useSubmit();
  return (
    <Dialog open onClose={onClose} title={title}>
      <div className="entry dialog-form">
        <div className="confirm-text">{children}</div>
        <Trouble problem={submit.problem} {...(words ? { words } : {})} />
        <div className="form-buttons">
          <Button onClick={onClose}>{say("confirm-back")}</Button>
          <Button tone="danger" disabled={submit.sending} onClick={() => void submit.run(run).then((done) => done && onClose())}>{act}</Button>
        </div>
      </div>
    </Dialog>
  );
}
