import { describe, expect, it } from "vitest";
import { mixesScripts, pieces, revealed, revealedMarkup } from "./hostile";

describe("text of others", () => {
  it("leaves honest text alone", () => {
    for (const text of ["Deploy v3.8.2?", "部署支付服务 v3.8.2 到生产环境", "👩‍💻 café naïve", "два слова", "a\nb\tc"]) {
      expect(revealed(text)).toBe(text);
      expect(pieces(text).every((piece) => piece.kind === "plain")).toBe(true);
    }
  });

  it("shows what turns or hides text", () => {
    expect(revealed("safe\u202egpj.exe")).toBe("safe⟨U+202E⟩gpj.exe");
    expect(revealed("ap\u200b\u200bprove")).toBe("ap⟨U+200B×2⟩prove");
    expect(revealed("x\u{e0041}")).toBe("x⟨U+E0041⟩");
    expect(revealed("yes                    no")).toBe("yes⟨␣×20⟩no");
  });

  it("finds words of look-alike scripts", () => {
    expect(mixesScripts("pаypal")).toBe(true);
    expect(mixesScripts("paypal")).toBe(false);
    expect(pieces("open pаypal now").map((piece) => piece.kind)).toEqual(["plain", "mixed", "plain"]);
  });

  it("keeps tags while it shows what hides between them", () => {
    expect(revealedMarkup("<p>a\u202eb</p>")).toBe("<p>a⟨U+202E⟩b</p>");
  });
});
