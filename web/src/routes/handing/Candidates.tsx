import { useState } from "react";
import { Trouble } from "../../accounts/form/Trouble";
import { useSubmit } from "../../accounts/form/useSubmit";
import { PersonField } from "../../accounts/PersonField";
import { setCandidates } from "../../api/accounts/handing";
import { peopleLike } from "../../api/accounts/people";
import { queries } from "../../api/sessions";
import type { Session } from "../../api/types";
import { learn } from "../../arrivals";
import { useWords } from "../../language";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Plain } from "../../ui/Plain";

/** Who may answer: people and groups. Nobody named means everybody. */
export function Candidates({ session, onClose }: { session: Session; onClose: () => void }) {
  const say = useWords();
  const [chosen, choose] = useState<string[]>(session.candidates ?? []);
  const [typed, type] = useState("");
  const [unknown, setUnknown] = useState("");
  const submit = useSubmit();
  const label = (subject: string) => (subject.startsWith("group:") ? say("group", { name: subject.slice(6) }) : subject);
  const add = async (subject: string) => {
    if (!subject) return;
    const bare = subject.replace(/^group:/, "");
    const found = await queries.fetchQuery({ ...peopleLike(bare), staleTime: 60_000 });
    const known = subject.startsWith("group:") ? found.groups.includes(bare) : found.people.some((each) => each.login === subject);
    setUnknown(known ? "" : subject);
    if (!known) return;
    choose((old) => [...new Set([...old, subject])]);
    type("");
  };
  const save = () =>
    void submit
      .run(async () => {
        learn(await setCandidates(session.session_id, chosen));
        await queries.invalidateQueries({ queryKey: ["session", session.session_id] });
      })
      .then((done) => done && onClose());
  return (
    <Dialog open onClose={onClose} title={say("candidates-title")}>
      <div className="entry dialog-form">
        <p className="quiet">{say(chosen.length || session.assignee ? "candidates-detail" : "candidates-everybody")}</p>
        {chosen.length > 0 && (
          <ul className="pieces candidates">
            {chosen.map((each) => (
              <li key={each}><Plain text={label(each)} /><IconButton icon="close" label={say("candidates-remove", { name: label(each) })} onClick={() => choose(chosen.filter((other) => other !== each))} /></li>
            ))}
          </ul>
        )}
        <form className="candidates-add" onSubmit={(event) => (event.preventDefault(), void add(typed.trim()))}>
          <PersonField label={say("candidates-add")} groups value={typed} change={type} without={[...chosen, session.requester]} error={unknown ? say("person-unknown", { name: unknown }) : undefined} />
          <Button type="submit" disabled={!typed.trim()}>{say("groups-add")}</Button>
        </form>
        <Trouble problem={submit.problem} words={{ unknown_person: say("candidates-unknown") }} />
        <div className="form-buttons">
          <Button onClick={onClose}>{say("confirm-back")}</Button>
          <Button tone="solid" disabled={submit.sending} onClick={save}>{say("candidates-do")}</Button>
        </div>
      </div>
    </Dialog>
  );
}
