//! A browser's own description, in the two words that a person knows it by.

const BROWSERS: [RegExp, string][] = [[/\bEdgA?\//, "Edge"], [/\bOPR\//, "Opera"], [/\bFirefox\//, "Firefox"], [/\b(HeadlessChrome|Chrome|CriOS)\//, "Chrome"], [/\bSafari\//, "Safari"], [/\bcurl\//, "curl"]];
const SYSTEMS: [RegExp, string][] = [[/iPhone|iPad/, "iOS"], [/Android/, "Android"], [/Windows/, "Windows"], [/Mac OS X/, "macOS"], [/CrOS/, "ChromeOS"], [/Linux/, "Linux"]];

/** As much of it as is recognised; the whole, shortened, where nothing is. */
export function agentName(agent: string): string {
  const found = [BROWSERS, SYSTEMS].map((table) => table.find(([mark]) => mark.test(agent))?.[1]).filter(Boolean);
  return found.length ? found.join(" · ") : agent.slice(0, 60);
}
