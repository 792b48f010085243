// Builds the console into dist/ with hashed assets. The server sends a strict Content-Security-Policy
// (no inline script), so nothing here may inline code into index.html.
import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vitest/config"

export default defineConfig({
  root: fileURLToPath(new URL(".", import.meta.url)),
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  server: { host: "127.0.0.1", strictPort: true },
  test: { environment: "jsdom", include: ["src/**/*.test.{ts,tsx}"], css: false },
})
