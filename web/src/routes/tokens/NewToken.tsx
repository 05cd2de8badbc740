import { type FormEvent, useState } from "react";
import { Copy } from "../../accounts/form/Copy";
import { Check, Field } from "../../accounts/form/Field";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { PersonField } from "../../accounts/PersonField";
import type { Scope } from "../../api/accounts";
import { createToken } from "../../api/accounts/tokens";
import { useWords } from "../../language";
import { useIdentity } from "../../me";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Plain } from "../../ui/Plain";
import { firstLine, type Program, PROGRAMS } from "./lines";

const DAY = 24 * 3600;
const TERMS = [30, 90, 365, 0] as const;

export function NewToken({ onClose, created }: { onClose: () => void; created: () => void }) {
  const say = useWords();
  const { me } = useIdentity();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<Scope[]>(["create", "read"]);
  const [prefix, setPrefix] = useState("");
  const [days, setDays] = useState<number>(90);
  const [owner, setOwner] = useState(me?.login ?? "");
  const [choosing, chooseOwner] = useState(false);
  const [faults, setFaults] = useState<{ name?: string; scopes?: string }>({});
  const [secret, setSecret] = useState("");
  const submit = useSubmit();
  const offered: Scope[] = me?.admin ? ["create", "read", "admin"] : ["create", "read"];

  const send = (event: FormEvent) => {
    event.preventDefault();
    const found = { ...(name.trim() ? {} : { name: say("tokens-name-missing") }), ...(scopes.length ? {} : { scopes: say("tokens-scope-missing") }) };
    setFaults(found);
    if (Object.keys(found).length) return;
    void submit.run(async () => {
      const made = await createToken({
        name: name.trim(), scopes,
        ...(prefix.trim() ? { workflow_prefix: prefix.trim() } : {}),
        ...(days ? { expires_in: days * DAY } : {}),
        ...(owner && owner !== me?.login ? { owner } : {}),
      });
      setSecret(made.secret);
      created();
    });
  };

  if (secret) return <Shown secret={secret} creates={scopes.includes("create")} onClose={onClose} />;
  return (
    <Dialog open onClose={onClose} title={say("tokens-new")}>
      <form className="entry dialog-form" noValidate onSubmit={send}>
        <Field label={say("tokens-col-name")} hint={say("tokens-name-hint")} error={faults.name ?? submit.issue("/name")} value={name} change={setName} maxLength={80} autoComplete="off" />
        <fieldset>
          <legend className="label">{say("tokens-col-scopes")}</legend>
          {offered.map((scope) => (
            <Check key={scope} label={say(`scope-${scope}`)} hint={say(`scope-${scope}-detail`)} checked={scopes.includes(scope)} change={(on) => setScopes(on ? [...scopes, scope] : scopes.filter((each) => each !== scope))} />
          ))}
          {(faults.scopes ?? submit.issue("/scopes")) && <p className="field-error" role="alert">{faults.scopes ?? submit.issue("/scopes")}</p>}
          <p className="small quiet">{say("scope-no-answer")}</p>
        </fieldset>
        <Field label={say("tokens-prefix")} optional hint={say("tokens-prefix-hint")} error={submit.issue("/workflow_prefix")} value={prefix} change={setPrefix} maxLength={120} autoComplete="off" autoCapitalize="off" spellCheck={false} />
        <div className="form-field">
          <label className="label" htmlFor="token-term">{say("tokens-term")}</label>
          <select id="token-term" className="control" value={days} onChange={(event) => setDays(Number(event.target.value))}>
            {TERMS.map((each) => <option key={each} value={each}>{each ? say("tokens-term-days", { days: each }) : say("tokens-term-endless")}</option>)}
          </select>
        </div>
        {me?.admin && !choosing && (
          <p className="token-owner"><span><span className="label">{say("tokens-col-owner")}</span> <Plain text={owner} /></span><Button small onClick={() => chooseOwner(true)}>{say("tokens-owner-change")}</Button></p>
        )}
        {choosing && <PersonField label={say("tokens-col-owner")} hint={say("tokens-owner-hint")} value={owner} change={setOwner} />}
        <Trouble problem={submit.problem} />
        <div className="form-buttons">
          <Button onClick={onClose}>{say("confirm-back")}</Button>
          <Button tone="solid" type="submit" disabled={submit.sending}>{say("tokens-create")}</Button>
        </div>
      </form>
    </Dialog>
  );
}

function Shown({ secret, creates, onClose }: { secret: string; creates: boolean; onClose: () => void }) {
  const say = useWords();
  const [program, choose] = useState<Program>("curl");
  return (
    <Dialog open onClose={onClose} title={say("tokens-made")}>
      <div className="entry dialog-form">
        <Copy label={say("tokens-secret")} text={secret} />
        <p className="small quiet">{say("shown-once")}</p>
        <div className="lines">
          <div role="tablist" aria-label={say("tokens-first")} className="tabs">
            {PROGRAMS.map((each) => <button key={each} type="button" role="tab" aria-selected={program === each} onClick={() => choose(each)}>{each}</button>)}
          </div>
          <Copy key={program} label={program} text={firstLine(program, secret, location.origin, creates)} />
        </div>
        <div className="form-buttons"><Button tone="solid" onClick={onClose}>{say("tokens-kept")}</Button></div>
      </div>
    </Dialog>
  );
}
