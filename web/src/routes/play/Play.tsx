//! The playground: every kind to look at, to change and to send for real; and how a program sends the same.
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { asProblem, type Problem } from "../../api/problem";
import { now } from "../../clock";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { Button } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { useOpener } from "../inbox/filter";
import { Code } from "./Code";
import { parse, previewOf } from "./draft";
import { Preview } from "./Preview";
import { answers, samples } from "./samples";
import { open } from "./send";
import "./play.css";

const write = (kind: string) => JSON.stringify(samples[kind], null, 2);

export default function Play() {
  const say = useWords();
  const opener = useOpener();
  const [params, setParams] = useSearchParams();
  const kind = samples[params.get("kind") ?? ""] ? (params.get("kind") ?? "") : "confirmation";
  const [texts, setTexts] = useState<Record<string, string>>({});
  const [problem, setProblem] = useState<Problem | null>(null);
  const [sending, setSending] = useState(false);
  const text = texts[kind] ?? write(kind);
  const parsed = useMemo(() => parse(text), [text]);
  const session = useMemo(() => ("body" in parsed ? previewOf(parsed.body, now()) : null), [parsed]);

  const choose = (next: string) => {
    setProblem(null);
    setParams(next === "confirmation" ? {} : { kind: next }, { replace: true });
  };
  const send = async () => {
    if (!("body" in parsed)) return;
    setSending(true);
    setProblem(null);
    try {
      const { session_id } = await open(parsed.body);
      history.replaceState(null, "", location.pathname);
      opener(session_id);
    } catch (error) {
      setProblem(asProblem(error));
    } finally {
      setSending(false);
    }
  };

  return (
    <div className="screen play">
      <TabSign title={say("play-title")} />
      <header className="screen-head">
        <h1>{say("play-title")}</h1>
        <Button tone="solid" icon="send" disabled={!("body" in parsed) || sending} onClick={() => void send()}>{say("play-send")}</Button>
      </header>
      <p className="quiet play-intro">{say("play-intro")}</p>
      <div className="gallery" role="tablist" aria-label={say("play-gallery")}>
        {Object.keys(samples).map((each) => (
          <button key={each} type="button" role="tab" aria-selected={each === kind} onClick={() => choose(each)}>
            <Icon name={each as IconName} />{say(`kind-${each}`)}
          </button>
        ))}
      </div>
      <div className="play-panes">
        <section className="play-editor">
          <div className="play-editor-head">
            <label htmlFor="play-json" className="label">{say("play-json")}</label>
            {texts[kind] !== undefined && texts[kind] !== write(kind) && <Button small tone="plain" icon="retry" onClick={() => setTexts({ ...texts, [kind]: write(kind) })}>{say("play-reset")}</Button>}
          </div>
          <textarea id="play-json" className="mono" spellCheck={false} rows={20} value={text} aria-invalid={"fault" in parsed || undefined} onChange={(event) => setTexts({ ...texts, [kind]: event.target.value })} />
          <div role="alert" className="play-faults">
            {"fault" in parsed && <p className="field-error">{parsed.line ? say("play-line", { line: parsed.line, what: parsed.fault }) : parsed.fault}</p>}
            {problem && <p className="field-error">{problem.unreachable ? say("failure-unreachable") : problem.message}</p>}
            {problem?.issues.map((issue) => <p key={`${issue.pointer} ${issue.code}`} className="field-error"><code>{issue.pointer}</code> {issue.detail}</p>)}
          </div>
        </section>
        {session && <Preview session={session} />}
      </div>
      {"body" in parsed && <Code body={parsed.body} answer={answers[kind]} />}
    </div>
  );
}
