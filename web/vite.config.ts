import react from "@vitejs/plugin-react";
import { defaultClientConditions } from "vite";
import { defineConfig } from "vitest/config";

export default defineConfig({
  plugins: [react()],
  // The SDK's sources, not what it publishes: there is no build in between.
  resolve: { conditions: ["@dunlin/source", ...defaultClientConditions] },
  build: { target: "es2023", sourcemap: false },
  test: { name: "web", include: ["src/**/*.test.{ts,tsx}"], environment: "jsdom" },
});
