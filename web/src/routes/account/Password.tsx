import { type FormEvent, useState } from "react";
import { PasswordField } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { LONG_ENOUGH } from "../../accounts/rules";
import { changePassword } from "../../api/accounts/own";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";

export function Password({ login }: { login: string }) {
  const say = useWords();
  const [open, unfold] = useState(false);
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [short, setShort] = useState(false);
  const [done, setDone] = useState(false);
  const submit = useSubmit();
  const send = (event: FormEvent) => {
    event.preventDefault();
    const tooShort = [...next].length < LONG_ENOUGH;
    setShort(tooShort);
    if (tooShort) return;
    void submit.run(() => changePassword(current, next)).then((worked) => {
      if (!worked) return;
      setCurrent("");
      setNext("");
      unfold(false);
      setDone(true);
      void queries.invalidateQueries({ queryKey: ["account"] });
    });
  };
  return (
    <section>
      <h2 className="label">{say("password-title")}</h2>
      {open ? (
        <form className="entry" noValidate onSubmit={send}>
          {/* Whoever keeps passwords wants to know whose it is. */}
          <input className="unseen" tabIndex={-1} aria-hidden="true" name="username" autoComplete="username" readOnly value={login} />
          <PasswordField label={say("password-current")} value={current} change={setCurrent} name="current-password" autoComplete="current-password" />
          <PasswordField label={say("password-new")} hint={say("password-rule", { count: LONG_ENOUGH })} error={short ? say("password-short", { count: LONG_ENOUGH }) : submit.issue("/password")} value={next} change={setNext} name="new-password" autoComplete="new-password" />
          <Trouble problem={submit.problem} words={{ bad_credentials: say("password-wrong") }} />
          <div className="form-buttons">
            <Button tone="solid" type="submit" disabled={submit.sending || !current || !next}>{say("password-change")}</Button>
            <Button tone="plain" onClick={() => (unfold(false), submit.forget())}>{say("confirm-back")}</Button>
          </div>
        </form>
      ) : (
        <p className="account-line">
          <Button small onClick={() => (unfold(true), setDone(false))}>{say("password-change")}</Button>{" "}
          <span role="status">{done && <span className="done small"><Icon name="check" size={16} />{say("password-changed")}</span>}</span>
        </p>
      )}
    </section>
  );
}
