import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

/** The server that `make dev` talks to. */
const server = process.env.ASKWELL_SERVER ?? "http://127.0.0.1:8096";

export default defineConfig({
  plugins: [react()],
  build: {
    target: ["chrome123", "firefox125", "safari17.5"],
    cssTarget: ["chrome123", "firefox125", "safari17.5"],
    // The policy forbids inline anything, and a data: address is one more thing to think about.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
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
