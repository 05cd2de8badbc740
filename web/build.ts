//! What the build adds to what Vite does: it keeps the folder that the server embeds, compresses beforehand, and leaves
//! out what the page never uses.
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Smaller files gain less than a header costs. */
const WORTH_IT = 512;

function files(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) =>
    entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)],
  );
}

/** Writes `x.br` and `x.gz` beside every `x` that gets smaller by it. */
function compress(path: string): void {
  const plain = readFileSync(path);
  if (plain.length < WORTH_IT) return;
  const forms = [
    [".br", brotliCompressSync(plain, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length } })],
    [".gz", gzipSync(plain, { level: 9 })],
  ] as const;
  for (const [end, form] of forms) if (form.length < plain.length * 0.9) writeFileSync(path + end, form);
}

export function embedded(dist: string): Plugin {
  return {
    name: "askwell-embedded",
    apply: "build",
    // Only what begins with a dot stays: the folder itself is kept under version control, so that a build of the server
    // without a page finds it unchanged each time.
    buildStart() {
      for (const name of readdirSync(dist)) if (!name.startsWith(".")) rmSync(join(dist, name), { recursive: true });
    },
    closeBundle() {
      files(dist).filter((path) => statSync(path).isFile() && !/(^|[\\/])\.|\.(br|gz)$/.test(path.slice(dist.length))).forEach(compress);
    },
  };
}

/** The server has no WebTransport and `feed/socket.ts` asks for none, but the library cannot be had without it. */
export function withoutWebTransport(): Plugin {
  let met = false;
  return {
    name: "askwell-without-webtransport",
    apply: "build",
    load(id) {
      if (!/engine\.io-client[\\/]build[\\/]esm[\\/]transports[\\/]webtransport\.js$/.test(id)) return null;
      met = true;
      return "export class WT {}";
    },
    // A new version may keep it elsewhere, and the page would grow unnoticed.
    buildEnd(error) {
      if (!error && !met) this.error("engine.io-client keeps its WebTransport elsewhere now: see build.ts");
    },
  };
}
