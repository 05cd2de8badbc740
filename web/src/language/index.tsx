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

/** What only some screens and kinds say; it comes with them. */
const packs = {
  more: { "zh-CN": () => import("./zh-CN-more"), en: () => import("./en-more") },
  accounts: { "zh-CN": () => import("./zh-CN-accounts"), en: () => import("./en-accounts") },
  signin: { "zh-CN": () => import("./zh-CN-signin"), en: () => import("./en-signin") },
  people: { "zh-CN": () => import("./zh-CN-people"), en: () => import("./en-people") },
} satisfies Record<string, typeof load>;

export type Pack = keyof typeof packs;

const bundles = new Map<Language, FluentBundle>();
const ready = new Map<Language, ReactLocalization>();
const complete = new Set<string>();
const wanted = new Set<Pack>();

const add = (bundle: FluentBundle, sources: string[]) =>
  sources.forEach((source) => bundle.addResource(new FluentResource(source)).forEach((error) => console.error(error)));

export async function loadWords(tag: Language): Promise<void> {
  if (!ready.has(tag)) {
    const sources = (await load[tag]()).default;
    // Isolation marks would be invisible characters of our own; the style sheet isolates instead.
    const bundle = bundles.get(tag) ?? new FluentBundle(tag, { useIsolating: false });
    if (!bundles.has(tag)) add(bundle, sources);
    bundles.set(tag, bundle);
    // `null`: no markup is ever parsed, whatever an argument holds.
    ready.set(tag, new ReactLocalization([bundle], null));
  }
  await Promise.all([...wanted].map((pack) => moreWords(pack, tag)));
}

/** Whoever is loaded late brings its words along. */
export async function moreWords(pack: Pack = "more", tag: Language = language()): Promise<void> {
  wanted.add(pack);
  const mark = `${pack} ${tag}`;
  if (complete.has(mark)) return;
  const sources = (await packs[pack][tag]()).default;
  const bundle = bundles.get(tag);
  // The language itself is yet to come; it brings along what is wanted.
  if (!bundle || complete.has(mark)) return;
  complete.add(mark);
  add(bundle, sources);
}

/** A module and the words that it speaks. */
export const withWords = <T,>(module: () => Promise<T>, pack?: Pack) => async (): Promise<T> =>
  (await Promise.all([module(), moreWords(pack)]))[0];

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
