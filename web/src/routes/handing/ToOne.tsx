import { type FormEvent, useState } from "react";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { PersonField } from "../../accounts/PersonField";
import { assign, delegate } from "../../api/accounts/handing";
import { queries } from "../../api/sessions";
import type { Session } from "../../api/types";
import { learn } from "../../arrivals";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";

const WORDS = {
  assign: { title: "assign-title", detail: "assign-detail", to: "assign-to", act: "assign-do" },
  delegate: { title: "delegate-title", detail: "delegate-detail", to: "delegate-to", act: "delegate-do" },
};

/** Assigning is choosing who answers; delegating is handing over what one would have to answer oneself. */
export function ToOne({ what, session, onClose }: { what: "assign" | "delegate"; session: Session; onClose: () => void }) {
  const say = useWords();
  const words = WORDS[what];
  const { me } = useIdentity();
  const [who, choose] = useState(what === "assign" ? (session.assignee ?? "") : "");
  const [missing, miss] = useState(false);
  const submit = useSubmit();
  const id = session.session_id;
  const run = (act: () => Promise<Session>) =>
    void submit
      .run(async () => {
        learn(await act());
        await queries.invalidateQueries({ queryKey: ["session", id] });
      })
      .then((done) => done && onClose());
  const send = (event: FormEvent) => {
    event.preventDefault();
    const login = who.trim();
    miss(!login);
    if (login) run(() => (what === "assign" ? assign(id, login) : delegate(id, login)));
  };
  return (
    <Dialog open onClose={onClose} title={say(words.title)}>
      <form className="entry dialog-form" noValidate onSubmit={send}>
        <p className="quiet">{say(words.detail)}</p>
        <PersonField label={say(words.to)} value={who} change={choose} error={missing ? say("person-missing") : undefined} without={[session.requester, session.on_behalf_of ?? "", ...(what === "delegate" ? [me?.login ?? ""] : [])]} />
        <Trouble problem={submit.problem} words={{ unknown_person: say("person-unknown", { name: who }) }} />
        <div className="form-buttons">
          {what === "assign" && session.assignee && <Button className="to-nobody" tone="plain" disabled={submit.sending} onClick={() => run(() => assign(id, null))}>{say("assign-nobody")}</Button>}
          <Button onClick={onClose}>{say("confirm-back")}</Button>
          <Button tone="solid" type="submit" disabled={submit.sending}>{say(words.act)}</Button>
        </div>
      </form>
    </Dialog>
  );
}
