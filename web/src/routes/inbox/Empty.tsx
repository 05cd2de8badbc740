import { useState } from "react";
import { Link } from "wouter";
import { sendTest } from "../play/send";
import { asProblem } from "../../api/problem";
import { useWords } from "../../language";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { useFilter, useOpener } from "./filter";

/** Nothing here: because it is filtered away, or because nobody asks. The latter offers a first request. */
export function Empty() {
  const say = useWords();
  const open = useOpener();
  const [filter, change] = useFilter();
  const [failed, fail] = useState("");
  if (filter.q || filter.kind || filter.risk) {
    return (
      <Notice icon="search" title={say("empty-match")} action={<Button onClick={() => change({ q: "", kind: "", risk: "" })}>{say("filter-clear")}</Button>} />
    );
  }
  if (filter.tab !== "mine") return <Notice icon="inbox" title={say(`empty-${filter.tab}`)} />;
  const first = () =>
    sendTest("confirmation").then(
      (session) => open(session.session_id),
      (error: unknown) => fail(asProblem(error).message),
    );
  return (
    <Notice
      icon="inbox"
      title={say("empty-mine")}
      action={<Button icon="play" onClick={() => void first()}>{say("empty-try")}</Button>}
    >
      <p>{failed || say("empty-mine-detail")}</p>
      <p className="small"><Link href="/play">{say("empty-play")}</Link></p>
    </Notice>
  );
}
