//! A link for somebody without an account. Invariant: it is shown once.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Copy } from "../../accounts/form/Copy";
import { Field } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { endGuestLink, guestLinksOf, invite } from "../../api/accounts/handing";
import { queries } from "../../api/sessions";
import type { Session } from "../../api/types";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";

const HOUR = 3600;
const TERMS = [1, 24, 72, 0] as const;

export function Invite({ session, onClose }: { session: Session; onClose: () => void }) {
  const say = useWords();
  const [name, setName] = useState("");
  const [hours, setHours] = useState<number>(24);
  const [missing, miss] = useState(false);
  const [made, setMade] = useState<{ url: string; name: string } | null>(null);
  const submit = useSubmit();
  const id = session.session_id;
  const again = () => void queries.invalidateQueries({ queryKey: guestLinksOf(id).queryKey });
  const send = (event: FormEvent) => {
    event.preventDefault();
    miss(!name.trim());
    if (!name.trim()) return;
    void submit.run(async () => {
      const { url, link } = await invite(id, name.trim(), hours ? hours * HOUR : undefined);
      setMade({ url, name: link.name });
      again();
    });
  };
  return (
    <Dialog open onClose={onClose} title={say(made ? "invite-made" : "invite-title")}>
      {made ? (
        <div className="entry dialog-form">
          <p>{say("invite-send", { name: made.name })}</p>
          <Copy label={say("invite-link")} text={made.url} />
          <p className="small quiet">{say("invite-once")}</p>
          <div className="form-buttons"><Button tone="solid" onClick={onClose}>{say("done")}</Button></div>
        </div>
      ) : (
        <form className="entry dialog-form" noValidate onSubmit={send}>
          <p className="quiet">{say("invite-detail")}</p>
          <Field label={say("invite-name")} hint={say("invite-name-hint")} error={missing ? say("invite-name-missing") : submit.issue("/name")} value={name} change={setName} maxLength={80} autoComplete="off" />
          <div className="form-field">
            <label className="label" htmlFor="invite-term">{say("invite-term")}</label>
            <select id="invite-term" className="control" value={hours} onChange={(event) => setHours(Number(event.target.value))}>
              {TERMS.map((each) => <option key={each} value={each}>{each === 0 ? say("invite-term-request") : each < 24 ? say("invite-term-hours", { hours: each }) : say("invite-term-days", { days: each / 24 })}</option>)}
            </select>
          </div>
          <Trouble problem={submit.problem} />
          <div className="form-buttons">
            <Button onClick={onClose}>{say("confirm-back")}</Button>
            <Button tone="solid" type="submit" disabled={submit.sending}>{say("invite-do")}</Button>
          </div>
          <Links id={id} again={again} />
        </form>
      )}
    </Dialog>
  );
}

/** Who has been invited already. */
function Links({ id, again }: { id: string; again: () => void }) {
  const say = useWords();
  const { data } = useQuery(guestLinksOf(id));
  const submit = useSubmit();
  if (!data?.length) return null;
  return (
    <section className="links">
      <h3 className="label">{say("invite-before")}</h3>
      <ul className="small">
        {data.map((each) => (
          <li key={each.id}>
            <span><Plain text={each.name} /> <span className="quiet">{each.ended_at ? <>{say("invite-ended")} <When at={each.ended_at} /></> : each.used_at ? <>{say("invite-used")} <When at={each.used_at} /></> : say("invite-unused")}</span></span>
            {!each.ended_at && <Button small disabled={submit.sending} onClick={() => void submit.run(() => endGuestLink(id, each.id)).finally(again)}>{say("invite-end")}</Button>}
          </li>
        ))}
      </ul>
      <Trouble problem={submit.problem} />
    </section>
  );
}
