import react from "@vitejs/plugin-react";
import { resolve } from "node:path";
import { defineConfig } from "vitest/config";
import { embedded, withoutWebTransport } from "./build.ts";

/** The server that `make dev` talks to. */
const server = process.env.ASKWELL_SERVER ?? "http://127.0.0.1:8096";

/** What only comes when it is asked for. */
const LATE =
  /src.(accounts.|feed.stream|routes.(address|history|play.(?!send)|settings|signin|account|people|tokens|webhooks|audit|handing|inbox.(BulkBar|bulk|together)|request.(Check|Evidence|Menu|NextUp|NotifyOffer|Raw|Record))|interactions.(Selection|TextInput|FileUpload|Review|Custom|Unknown|fields)|api.(files|accounts)|ui.(strokes|Changes|changes|Json|json|Hold|hold|Seal|seal|Explained|explained)|shell.(Help|Palette)|language.(en|zh))/;

export default defineConfig({
  plugins: [react(), withoutWebTransport(), embedded(resolve(import.meta.dirname, "dist"))],
  // What it stands in for came with React 18.
  resolve: { alias: { "use-sync-external-store/shim/index.js": "react" } },
  build: {
    emptyOutDir: false,
    target: ["chrome123", "firefox125", "safari17.5"],
    cssTarget: ["chrome123", "firefox125", "safari17.5"],
    // The policy forbids inline anything, and a data: address is one more thing to think about.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    rolldownOptions: {
      output: {
        // Few and whole: what is always needed compresses better together.
        codeSplitting: {
          groups: [
            { name: "base", test: /node_modules.(react|react-dom|scheduler|@tanstack|wouter|regexparam|use-sync-external-store|@fluent|cached-iterable|openapi-fetch)[\/]/ },
            { name: "page", test: (id) => /web.src/.test(id) && !LATE.test(id) },
          ],
        },
      },
    },
  },
  server: {
    host: "127.0.0.1",
    // The messages live beside the server's, one folder up.
    fs: { allow: [".."] },
    proxy: {
      "/api": { target: server },
      "/docs": { target: server },
      "/socket.io": { target: server, ws: true },
    },
  },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
