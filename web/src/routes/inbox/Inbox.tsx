import { useRoute } from "wouter";
import { useQuery } from "@tanstack/react-query";
import { sessionOf } from "../../api/sessions";
import { commandKey } from "../../keyboard";
import { useWords } from "../../language";
import { inLanguage } from "../../language/text";
import { TabSign } from "../../notify";
import { Mark } from "../../ui/Icon";
import { Request } from "../request/Request";
import { List } from "./List";
import "./inbox.css";

/** List and reader beside each other; on a phone one after the other. */
export function Inbox() {
  const [, at] = useRoute("/r/:id");
  return (
    <div className={`inbox ${at ? "with-reader" : ""}`}>
      <List />
      <div className="reader-place">{at?.id ? <Request id={at.id} /> : <Nothing />}</div>
      <Titled id={at?.id} />
    </div>
  );
}

function Titled({ id }: { id: string | undefined }) {
  const { data } = useQuery({ ...sessionOf(id ?? ""), enabled: !!id });
  return <TabSign title={id && data ? inLanguage(data.interaction_data.title) : ""} />;
}

function Nothing() {
  const say = useWords();
  return (
    <div className="reader-nothing quiet">
      <Mark size={40} />
      <p>{say("reader-nothing")}</p>
      <p className="keys small"><kbd>j</kbd> <kbd>k</kbd> {say("keys-step")} · <kbd>{commandKey()}K</kbd> {say("palette")} · <kbd>?</kbd> {say("help")}</p>
    </div>
  );
}
