import { resolve } from "node:path";
import { defineConfig } from "vitest/config";

const module = (name: string) => resolve(import.meta.dirname, "node_modules", name);

/** Tests in a real browser; they live beside the other end-to-end tests and take their libraries from here. */
export default defineConfig(({ mode }) => ({
  root: resolve(import.meta.dirname, "../e2e/browser"),
  resolve: { alias: { "playwright-core": module("playwright-core/index.mjs"), "axe-core": module("axe-core/axe.js") } },
  server: { fs: { allow: [resolve(import.meta.dirname, "..")] } },
  test: { include: [mode === "pictures" ? "pictures.ts" : "**/*.test.ts"], testTimeout: 60_000, hookTimeout: 60_000, maxWorkers: 2, environment: "node" },
}));
