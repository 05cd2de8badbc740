import { createRoot } from "react-dom/client";
import { navigate } from "wouter/use-browser-location";
import { App } from "./app";
import { listenForArrivals } from "./arrivals";
import { heardTime } from "./clock";
import { tidyDrafts } from "./drafts";
import { loadWords } from "./language";
import { language, serverSpeaks } from "./language/choice";
import { whenRefused } from "./api/client";
import { ready } from "./api/exact";
import { whoAmI } from "./me";
import { startNotifying } from "./notify";
import { dress } from "./preferences";
import { takeSecret } from "./secret";
import "./tokens.css";
import "./base.css";
import "./routes/screen.css";

takeSecret();
dress();

/** After that the page is shown without knowing who uses it. */
const PATIENCE = 3_000;

/** The server's time, and its language for whoever asks for none that we speak. */
async function greet(): Promise<void> {
  const sent = Date.now();
  try {
    const answer = await fetch("/api/health");
    serverSpeaks(answer.headers.get("Content-Language"));
    heardTime(((await answer.json()) as { timestamp: string }).timestamp, sent);
  } catch {
    // The bar at the top says it.
  }
}

whenRefused(whoAmI);
listenForArrivals();
startNotifying((id) => navigate(`/r/${id}`));
void greet();
void tidyDrafts();

/** Not awaited at the top: what is loaded late stands on this module, and would wait for it to end. */
async function show(): Promise<void> {
  await Promise.all([ready, loadWords(language()), Promise.race([whoAmI(), new Promise((done) => setTimeout(done, PATIENCE))])]);
  const root = document.getElementById("root");
  if (root) createRoot(root).render(<App />);
}

void show();
