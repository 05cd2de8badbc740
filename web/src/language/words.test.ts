//! Every word that the page says exists in every language, once; and nothing is kept that nothing says.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { FluentResource } from "@fluent/bundle";

const LOCALES = join(import.meta.dirname, "../../../locales");
const SOURCE = join(import.meta.dirname, "..");

function idsOf(language: string): string[] {
  const files = readdirSync(join(LOCALES, language)).filter((name) => /^web.*\.ftl$/.test(name));
  return files.flatMap((name) => new FluentResource(readFileSync(join(LOCALES, language, name), "utf8")).body.map((each) => each.id));
}

function sources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? sources(join(folder, entry.name)) : /\.tsx?$/.test(entry.name) && !/\.test\.|schema\.ts$/.test(entry.name) ? [readFileSync(join(folder, entry.name), "utf8")] : []);
}

describe("words", () => {
  const zh = idsOf("zh-CN");
  const en = idsOf("en");
  const text = sources(SOURCE).join("\n");

  it("are the same in both languages, each once", () => {
    expect([...zh].sort()).toEqual([...en].sort());
    expect(new Set(en).size).toBe(en.length);
    expect(en.every((id) => id.startsWith("web-"))).toBe(true);
  });

  it("exist where they are said", () => {
    const said = [...text.matchAll(/\bsay\(\s*"([\w-]+)"/g)].map((match) => `web-${match[1]}`);
    expect(said.filter((id) => !en.includes(id))).toEqual([]);
  });

  it("are said where they exist", () => {
    const spoken = (id: string) => {
      const bare = id.slice(4);
      if (text.includes(`"${bare}"`)) return true;
      // Put together: `kind-${kind}`.
      return bare.split("-").some((_, at, parts) => at > 0 && text.includes(`\`${parts.slice(0, at).join("-")}-\${`));
    };
    expect(en.filter((id) => !spoken(id))).toEqual([]);
  });
});
