//! The page's words. Invariant: an argument is text, never markup, and what hides in it is made visible.
import { FluentBundle, FluentResource, type FluentVariable } from "@fluent/bundle";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useState } from "react";
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
  aside: { "zh-CN": () => import("./zh-CN-aside"), en: () => import("./en-aside") },
  accounts: { "zh-CN": () => import("./zh-CN-accounts"), en: () => import("./en-accounts") },
  forms: { "zh-CN": () => import("./zh-CN-forms"), en: () => import("./en-forms") },
  signin: { "zh-CN": () => import("./zh-CN-signin"), en: () => import("./en-signin") },
  people: { "zh-CN": () => import("./zh-CN-people"), en: () => import("./en-people") },
} satisfies Record<string, typeof load>;

export type Pack = keyof typeof packs;

const bundles = new Map<Language, FluentBundle>();
const Spoken = createContext<FluentBundle | undefined>(undefined);
const complete = new Set<string>();
const wanted = new Set<Pack>();

const add = (bundle: FluentBundle, sources: string[]) =>
  sources.forEach((source) => bundle.addResource(new FluentResource(source)).forEach((error) => console.error(error)));

export async function loadWords(tag: Language): Promise<void> {
  if (!bundles.has(tag)) {
    const sources = (await load[tag]()).default;
    // Isolation marks would be invisible characters of our own; the style sheet isolates instead.
    const bundle = bundles.get(tag) ?? new FluentBundle(tag, { useIsolating: false });
    if (!bundles.has(tag)) add(bundle, sources);
    bundles.set(tag, bundle);
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
export const withWords = <T,>(module: () => Promise<T>, ...speaks: Pack[]) => async (): Promise<T> =>
  (await Promise.all([module(), ...(speaks.length ? speaks : ["more" as const]).map((pack) => moreWords(pack))]))[0];

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
  const bundle = bundles.get(tag);
  return bundle ? <Spoken value={bundle}>{children}</Spoken> : null;
}

export function useWords(): Words {
  const bundle = useContext(Spoken);
  return useCallback((id, args) => speak(bundle, id, args), [bundle]);
}

/** Words outside of components: titles of notifications and the like. */
export function words(): Words {
  return (id, args) => speak(bundles.get(language()) ?? [...bundles.values()][0], id, args);
}

function speak(bundle: FluentBundle | undefined, id: string, args?: Parameters<Words>[1]): string {
  const safe: Record<string, FluentVariable> = {};
  for (const [key, value] of Object.entries(args ?? {})) {
    safe[key] = typeof value === "string" ? revealed(value) : (value ?? "");
  }
  const pattern = bundle?.getMessage(`web-${id}`)?.value;
  if (!bundle || !pattern) return id;
  const errors: Error[] = [];
  const said = bundle.formatPattern(pattern, safe, errors);
  for (const error of errors) console.error(error);
  return said;
}
