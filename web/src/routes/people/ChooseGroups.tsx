import { useState } from "react";
import { Check, Field } from "../../accounts/form/Field";
import { isGroup } from "../../accounts/rules";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Plain } from "../../ui/Plain";

/** Groups that there are, to be ticked, and a new one. */
export function ChooseGroups({ known, chosen, change }: { known: readonly string[]; chosen: string[]; change: (groups: string[]) => void }) {
  const say = useWords();
  const [typed, type] = useState("");
  const [fault, setFault] = useState(false);
  const all = [...new Set([...known, ...chosen])].sort((a, b) => a.localeCompare(b));
  const add = () => {
    const group = typed.trim();
    if (!group) return;
    if (!isGroup(group)) return setFault(true);
    change([...new Set([...chosen, group])]);
    type("");
    setFault(false);
  };
  return (
    <fieldset>
      <legend className="label">{say("person-groups")}</legend>
      {all.length > 0 && (
        <div className="choices">
          {all.map((group) => (
            <Check key={group} label={<Plain text={group} />} checked={chosen.includes(group)} change={(on) => change(on ? [...chosen, group] : chosen.filter((each) => each !== group))} />
          ))}
        </div>
      )}
      <div className="choices-new">
        <Field label={say("groups-new")} optional value={typed} change={type} error={fault ? say("group-rule") : undefined} maxLength={64} autoComplete="off" onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          add();
        }} />
        <Button className="choices-add" disabled={!typed.trim()} onClick={add}>{say("groups-add")}</Button>
      </div>
    </fieldset>
  );
}
