//! The playground: every kind to look at, to change and to send for real; and how a program sends the same.
import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { asProblem, type Problem } from "../../api/problem";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { Button } from "../../ui/Button";
import { Icon, type IconName } from "../../ui/Icon";
import { useOpener } from "../inbox/filter";
import { Code } from "./Code";
import { parse } from "./draft";
import { Faults } from "./Faults";
import { Preview } from "./Preview";
import { answers, samples } from "./samples";
import { open } from "./send";
import { usePreview } from "./usePreview";
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
  const preview = usePreview(kind, parsed);

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
          <textarea id="play-json" className="mono" spellCheck={false} rows={20} value={text} aria-invalid={preview.stale || undefined} onChange={(event) => (setProblem(null), setTexts({ ...texts, [kind]: event.target.value }))} />
          <Faults parsed={parsed} problem={preview.problem ?? problem} warnings={preview.warnings} />
        </section>
        {preview.session && <Preview session={preview.session} stale={preview.stale} />}
      </div>
      {"body" in parsed && <Code body={parsed.body} answer={answers[kind]} />}
    </div>
  );
}
