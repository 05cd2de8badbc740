//! The page's words. Invariant: an argument is text, never markup, and what hides in it is made visible.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { LocalizationProvider, ReactLocalization, useLocalization } from "@fluent/react";
import { type ReactNode, useEffect, useState } from "react";
import { revealed } from "../hostile";
import { usePreferences } from "../preferences";
import { type Language, language } from "./choice";

export type Words = (id: string, args?: Record<string, FluentVariable | undefined | null>) => string;

const load: Record<Language, () => Promise<{ default: string[] }>> = {
  "zh-CN": () => import("./zh-CN"),
  en: () => import("./en"),
};

const ready = new Map<Language, ReactLocalization>();

export async function loadWords(tag: Language): Promise<void> {
  if (ready.has(tag)) return;
  const sources = (await load[tag]()).default;
  // Isolation marks would be invisible characters of our own; the style sheet isolates instead.
  const bundle = new FluentBundle(tag, { useIsolating: false });
  for (const source of sources) {
    for (const error of bundle.addResource(new FluentResource(source))) console.error(error);
  }
  // `null`: no markup is ever parsed, whatever an argument holds.
  ready.set(tag, new ReactLocalization([bundle], null));
}

export function Speaking({ children }: { children: ReactNode }) {
  const chosen = usePreferences().language;
  const [tag, settle] = useState<Language>(() => language());
  useEffect(() => {
    const wanted = language();
    void loadWords(wanted).then(() => settle(wanted));
  }, [chosen]);
  useEffect(() => {
    document.documentElement.lang = tag;
  }, [tag]);
  const l10n = ready.get(tag);
  return l10n ? <LocalizationProvider l10n={l10n}>{children}</LocalizationProvider> : null;
}

export function useWords(): Words {
  const { l10n } = useLocalization();
  return (id, args) => speak(l10n, id, args);
}

/** Words outside of components: titles of notifications and the like. */
export function words(): Words {
  return (id, args) => {
    const l10n = ready.get(language()) ?? [...ready.values()][0];
    return l10n ? speak(l10n, id, args) : id;
  };
}

function speak(l10n: ReactLocalization, id: string, args?: Parameters<Words>[1]): string {
  const safe: Record<string, FluentVariable> = {};
  for (const [key, value] of Object.entries(args ?? {})) {
    safe[key] = typeof value === "string" ? revealed(value) : (value ?? "");
  }
  return l10n.getString(`web-${id}`, safe);
}
