import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/lib/chromium.mjs";

const port = 3210;
const executablePath = process.env.CHROMIUM_PATH ?? findChromium();

export default defineConfig({
  testDir: "tests/e2e",
  outputDir: "test-results/e2e",
  workers: 2,
  // Test machines may be slow, and none of these tests is about speed.
  timeout: 120_000,
  expect: { timeout: 20_000 },
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: [["list"], ["json"]],
  use: {
    baseURL: `http://localhost:${port}`,
    trace: "retain-on-failure",
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        // Chromium's sandbox does not start as root, the usual user in containers.
        ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `node scripts/start.ts -p ${port}`,
    url: `http://localhost:${port}/api/health`,
    reuseExistingServer: false,
    env: {
      APP_URL: `http://localhost:${port}`,
      AUTH_SECRET: "a secret for the end-to-end tests only",
      DATABASE_URL: "file:test-results/e2e.db",
      RATE_LIMITS: "off",
    },
  },
});
