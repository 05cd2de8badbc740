import type { Session } from "../../api/types";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { requesterOf } from "../../requester";
import { Markup } from "../../ui/Markup";
import { Plain } from "../../ui/Plain";

/** What the requester wrote, behind a thin rule and signed: it is theirs, not ours. `early`: its markup is yet to come, and its room is kept. */
export function Why({ session, early }: { session: Session; early?: boolean }) {
  const say = useWords();
  const data = session.interaction_data;
  const html = inLanguage(data.message_html);
  const text = inLanguage(data.message);
  if (!html.trim() && !text.trim()) return null;
  const from = requesterOf(session);
  return (
    <section className="why" aria-label={say("why")}>
      <p className="why-signed small quiet">
        {from ? <Plain text={say("says", { name: from })} /> : say("says-unnamed")}
      </p>
      {html ? <Markup html={html} /> : <p className={`markup why-text ${early ? "early" : ""}`}><Plain text={text} /></p>}
    </section>
  );
}
