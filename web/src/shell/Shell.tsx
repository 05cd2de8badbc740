//! The frame: navigation beside, the page, what floats above it.
import { lazy, type ReactNode, Suspense, useState } from "react";
import { Link, useLocation, useRoute } from "wouter";
import { useKeys } from "../keyboard";
import { useWords, withWords } from "../language";
import { language } from "../language/choice";
import { useIdentity } from "../me";
import { nextTheme, prefer, usePreferences } from "../preferences";
import { useStep } from "../routes/inbox/neighbours";
import { useCounts } from "../routes/inbox/useInbox";
import { Avatar } from "../ui/Avatar";
import { IconButton } from "../ui/Button";
import { Icon, type IconName, Mark } from "../ui/Icon";
import { Plain } from "../ui/Plain";
import { OfflineBar } from "./OfflineBar";
import "./shell.css";

const Help = lazy(withWords(() => import("./Help"), "aside"));
const Palette = lazy(withWords(() => import("./Palette"), "aside"));

const PLACES: { path: string; name: string; icon: IconName }[] = [
  { path: "/", name: "inbox", icon: "inbox" },
  { path: "/history", name: "history", icon: "history" },
  { path: "/play", name: "play", icon: "play" },
  { path: "/settings", name: "settings", icon: "settings" },
];

export function Shell({ children }: { children: ReactNode }) {
  const say = useWords();
  const [path, go] = useLocation();
  const [reading] = useRoute("/r/:id");
  const { mine, more } = useCounts();
  const { name } = usePreferences();
  const { part } = useIdentity();
  const step = useStep();
  const [floating, float] = useState<"help" | "palette" | null>(null);
  const here = (place: string) => (place === "/" ? path === "/" || !!reading : path.startsWith(place));

  useKeys({
    j: () => here("/") && step(1),
    k: () => here("/") && step(-1),
    u: () => reading && go(`/${location.search}`),
    "/": () => (here("/") ? document.getElementById("search")?.focus() : go("/")),
    "?": () => float("help"),
    "mod+k": () => float("palette"),
  });

  return (
    <div className={`shell ${reading ? "reading" : ""}`}>
      <a className="skip" href="#main">{say("skip")}</a>
      <nav className="nav" aria-label={say("nav")}>
        <Link href="/" className="brand"><Mark /><span>Askwell</span></Link>
        <ul>
          {PLACES.map((place) => (
            <li key={place.path}>
              <Link href={place.path} aria-current={here(place.path) ? "page" : undefined}>
                <Icon name={place.icon} />
                <span>{say(`nav-${place.name}`)}</span>
                {place.path === "/" && mine > 0 && <span className="count ticks" data-badge>{mine}{more.mine && "+"}</span>}
              </Link>
            </li>
          ))}
        </ul>
        {part && <part.Places here={here} />}
        <div className="nav-foot">
          {part ? <part.Own /> : (
            <Link href="/settings" className="nav-me small" title={say("unverified-detail")}>
              <Avatar name={name} own />
              <span><Plain text={name} /></span>
            </Link>
          )}
          <div className="nav-tools">
            <IconButton icon="language" label={say("switch-language")} onClick={() => prefer({ language: language() === "en" ? "zh-CN" : "en" })} />
            <IconButton icon="moon" label={say("switch-theme")} onClick={nextTheme} />
            <IconButton icon="help" label={say("help")} onClick={() => float("help")} />
          </div>
        </div>
      </nav>
      <main id="main" tabIndex={-1}>
        <OfflineBar />
        {children}
      </main>
      <Suspense fallback={null}>
        {floating === "help" && <Help open onClose={() => float(null)} />}
        {floating === "palette" && <Palette open onClose={() => float(null)} help={() => float("help")} />}
      </Suspense>
    </div>
  );
}
