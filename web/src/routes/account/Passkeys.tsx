//! Passkeys: the second proof that risky answers may ask for. Where this address or browser has none, it is said why.
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Confirm } from "../../accounts/form/Confirm";
import { Field } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { obstacleHere } from "../../accounts/webauthn";
import type { Passkey } from "../../api/accounts";
import { addPasskey, passkeysOf, removePasskey } from "../../api/accounts/own";
import { Problem } from "../../api/problem";
import { queries } from "../../api/sessions";
import { useWords } from "../../language";
import { whoAmI } from "../../me";
import { Button } from "../../ui/Button";
import { KEY } from "../../accounts/strokes";
import { Failure } from "../../ui/Notice";
import { Plain } from "../../ui/Plain";
import { When } from "../../ui/When";
import { Lines } from "../../accounts/Lines";

const changed = () => Promise.all([queries.invalidateQueries({ queryKey: passkeysOf.queryKey }), whoAmI()]);

export function Passkeys({ offered }: { offered: boolean }) {
  const say = useWords();
  const query = useQuery(passkeysOf);
  const [name, setName] = useState("");
  const [removing, remove] = useState<Passkey | null>(null);
  const submit = useSubmit();
  const barred = obstacleHere() ?? (offered ? null : "server");
  const send = (event: FormEvent) => {
    event.preventDefault();
    void submit
      .run(() => addPasskey(name.trim() || say("passkey-unnamed")).catch((error: unknown) => {
        // What the browser refuses it does not explain, except that this authenticator is known already.
        if (error instanceof DOMException) throw new Problem(403, { code: error.name === "InvalidStateError" ? "passkey-known" : "passkey-not-made" });
        throw error;
      }))
      .then((done) => {
        if (!done) return;
        setName("");
        void changed();
      });
  };
  return (
    <section>
      <h2 className="label">{say("passkeys-title")}</h2>
      <p className="quiet">{say("passkeys-intro")}</p>
      {query.isError ? <Failure error={query.error} retry={() => void query.refetch()} /> : query.isPending ? <Lines /> : query.data.length ? (
        <ul className="things">
          {query.data.map((each) => (
            <li key={each.id}>
              <div>
                <span><Plain text={each.name} /></span>
                <span className="small quiet">{say("passkey-since")} <When at={each.created_at} /> · {each.last_used_at ? <>{say("last-used")} <When at={each.last_used_at} /></> : say("never-used")}</span>
              </div>
              <Button small onClick={() => remove(each)}>{say("passkey-remove")}</Button>
            </li>
          ))}
        </ul>
      ) : null}
      {barred ? (
        <p className="quiet">{say(`passkey-no-${barred}`)}</p>
      ) : (
        <form className="account-add" onSubmit={send}>
          <Field label={say("passkey-name")} optional value={name} change={setName} placeholder={say("passkey-name-example")} maxLength={64} autoComplete="off" />
          <Button icon={KEY} type="submit" disabled={submit.sending}>{say("passkey-add")}</Button>
        </form>
      )}
      <Trouble problem={submit.problem} words={{ "passkey-known": say("passkey-known"), "passkey-not-made": say("passkey-not-made") }} />
      {removing && (
        <Confirm title={say("passkey-remove-title", { name: removing.name })} act={say("passkey-remove")} run={() => removePasskey(removing.id).then(changed)} onClose={() => remove(null)}>
          <p>{say("passkey-remove-detail")}</p>
        </Confirm>
      )}
    </section>
  );
}
