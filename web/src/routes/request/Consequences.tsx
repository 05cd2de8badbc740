import { isOpen, type Session } from "../../api/types";
import { sentences } from "../../interactions/kind";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { requesterOf } from "../../requester";
import { Plain } from "../../ui/Plain";

/** What will happen on yes: numbered sentences, those that cannot be undone first. Where the requester is silent about it, what always holds. */
export function Consequences({ session }: { session: Session }) {
  const say = useWords();
  const list = sentences(session.interaction_data.consequences?.on_answer);
  const kind = session.interaction_data.interaction_type;
  const open = isOpen(session);
  // What will happen is the requester's word, not ours.
  const name = requesterOf(session) ?? say("requester-unnamed");
  const heading = !open ? "consequences-were" : kind === "confirmation" || kind === "review" ? "consequences-yes" : "consequences-submit";
  if (!list.length && open) {
    return (
      <section className="part">
        <h2 className="label">{say("consequences-press")}</h2>
        <p className="quiet">{say("consequences-unsaid", { name })}</p>
      </section>
    );
  }
  if (!list.length) return null;
  return (
    <section className="part">
      <h2 className="label"><Plain text={say(heading, { name })} /></h2>
      <ol className="consequences">
        {list.map((each, index) => (
          <li key={index} className={each.irreversible ? "final" : ""}>
            <span className="consequence-arrow" aria-hidden="true">→</span>
            <span>
              <Plain text={inLanguage(each.text)} />
              {each.irreversible && <strong className="final-word"> · {say("irreversible")}</strong>}
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}
