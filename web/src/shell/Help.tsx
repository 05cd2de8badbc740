import { commandKey } from "../keyboard";
import { useWords } from "../language";
import { Dialog } from "../ui/Dialog";

const GROUPS: [string, [string, string[]][]][] = [
  ["keys-moving", [["keys-step", ["j", "k"]], ["keys-open", ["↵"]], ["keys-back", ["u"]], ["keys-search", ["/"]], ["keys-palette", ["mod+K"]]]],
  ["keys-deciding", [["keys-submit", ["mod+↵"]], ["keys-option", ["1–9"]], ["keys-reject", ["r"]], ["keys-modify", ["m"]], ["keys-claim", ["c"]], ["keys-pick", ["x"]]]],
];

export default function Help({ open, onClose }: { open: boolean; onClose: () => void }) {
  const say = useWords();
  return (
    <Dialog open={open} onClose={onClose} title={say("help-title")} className="help">
      <div className="keys">
        {GROUPS.map(([group, keys]) => (
          <section key={group}>
            <h3 className="label">{say(group)}</h3>
            <dl>
              {keys.map(([what, names]) => (
                <div key={what}>
                  <dt>{say(what)}</dt>
                  <dd>{names.map((name) => <kbd key={name}>{name.replace("mod+", commandKey())}</kbd>)}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
      <p className="help-note small quiet">{say("keys-note")}</p>
    </Dialog>
  );
}
