//! What this browser's person prefers.
import { useQuery } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useState } from "react";
import { api, taken } from "../../api/client";
import { useFeed } from "../../feed";
import { useWords } from "../../language";
import { TabSign } from "../../notify";
import { ability, askPermission } from "../../permission";
import { useIdentity } from "../../me";
import { type Preferences, prefer, usePreferences } from "../../preferences";
import { Button } from "../../ui/Button";
import { BELL } from "../../ui/strokes";
import "./settings.css";

const You = lazy(() => import("./You"));

function Line({ label, children, note }: { label: string; children: ReactNode; note?: string }) {
  return (
    <div className="setting">
      <div><span>{label}</span>{note && <p className="small quiet">{note}</p>}</div>
      <div className="setting-control">{children}</div>
    </div>
  );
}

/** A few words side by side, one of them chosen. */
function Choice<T extends string>({ label, value, options, change }: { label: string; value: T; options: [T, string][]; change: (value: T) => void }) {
  return (
    <div className="choice" role="radiogroup" aria-label={label}>
      {options.map(([each, word]) => (
        <label key={each}>
          <input type="radio" name={label} checked={value === each} onChange={() => change(each)} />
          <span>{word}</span>
        </label>
      ))}
    </div>
  );
}

function Notifications() {
  const say = useWords();
  const [state, settle] = useState(ability);
  const { notifications } = usePreferences();
  const on = state === "granted" && notifications;
  const note = state === "granted" || state === "default" ? "settings-notifications-detail" : `settings-notifications-${state}`;
  return (
    <Line label={say("settings-notifications")} note={say(note)}>
      {on ? (
        <Button small onClick={() => prefer({ notifications: false })}>{say("settings-notifications-off")}</Button>
      ) : (
        <Button small icon={BELL} disabled={state !== "granted" && state !== "default"} onClick={() => void askPermission().then(settle)}>{say("settings-notifications-on")}</Button>
      )}
    </Line>
  );
}

export default function Settings() {
  const say = useWords();
  const all = usePreferences();
  const { connected } = useFeed();
  const { part } = useIdentity();
  const [name, setName] = useState(all.name);
  const health = useQuery({ queryKey: ["health"], queryFn: () => taken(api.GET("/api/health")) });
  const set = (change: Partial<Preferences>) => prefer(change);
  return (
    <div className="screen settings">
      <TabSign title={say("settings-title")} />
      <header className="screen-head"><h1>{say("settings-title")}</h1></header>

      <section>
        <h2 className="label">{say("settings-you")}</h2>
        {part ? <Suspense fallback={null}><You /></Suspense> : (
          <Line label={say("your-name")} note={say("unverified-detail")}>
            <input className="control" aria-label={say("your-name")} value={name} maxLength={80} onChange={(event) => setName(event.target.value)} onBlur={() => (name.trim() ? set({ name: name.trim() }) : setName(all.name))} />
          </Line>
        )}
      </section>

      <section>
        <h2 className="label">{say("settings-look")}</h2>
        <Line label={say("settings-language")}>
          <Choice label={say("settings-language")} value={all.language ?? "auto"} options={[["auto", say("settings-language-auto")], ["zh-CN", "中文"], ["en", "English"]]} change={(value) => set({ language: value === "auto" ? null : (value as "zh-CN" | "en") })} />
        </Line>
        <Line label={say("settings-theme")}>
          <Choice label={say("settings-theme")} value={all.theme} options={(["system", "light", "dark"] as const).map((each) => [each, say(`settings-theme-${each}`)])} change={(theme) => set({ theme })} />
        </Line>
        <Line label={say("settings-density")}>
          <Choice label={say("settings-density")} value={all.density} options={(["roomy", "compact"] as const).map((each) => [each, say(`settings-density-${each}`)])} change={(density) => set({ density })} />
        </Line>
      </section>

      <section>
        <h2 className="label">{say("settings-attention")}</h2>
        <Notifications />
        <Line label={say("settings-sound")}>
          <Choice label={say("settings-sound")} value={all.sound} options={(["off", "soft"] as const).map((each) => [each, say(`settings-sound-${each}`)])} change={(sound) => set({ sound })} />
        </Line>
      </section>

      <section>
        <h2 className="label">{say("settings-deciding")}</h2>
        <Line label={say("settings-check")} note={say("settings-check-detail")}>
          <Choice label={say("settings-check")} value={all.check ?? "auto"} options={(["auto", "word", "hold"] as const).map((each) => [each, say(`settings-check-${each}`)])} change={(value) => set({ check: value === "auto" ? null : value })} />
        </Line>
      </section>

      <section>
        <h2 className="label">{say("settings-keys")}</h2>
        <Line label={say("settings-keys-single")}>
          <label className="switch"><input type="checkbox" role="switch" aria-label={say("settings-keys-single")} checked={all.singleKeys} onChange={(event) => set({ singleKeys: event.target.checked })} /></label>
        </Line>
      </section>

      <section>
        <h2 className="label">{say("settings-about")}</h2>
        <Line label={say("settings-connection")}>{say(connected ? "settings-connected" : "settings-disconnected")}</Line>
        <Line label={health.data ? say("settings-version", { version: health.data.version }) : "Askwell"}><a href="/docs">API</a></Line>
      </section>
    </div>
  );
}
