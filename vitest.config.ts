import { join } from "node:path";
import { defineConfig } from "vitest/config";

/** What sends no SQL of its own: one kind of database is enough. */
const aboutNoDatabase = [
  "breached-passwords",
  "captcha",
  "cookies",
  "forwarding",
  "no-mail",
  "policies",
].map((name) => `tests/integration/${name}.test.ts`);

/** The integration suite, which runs on every kind of database. */
const integration = (engine: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: {
    name: `integration-${engine}`,
    include: ["tests/integration/**/*.test.ts"],
    exclude: engine === "sqlite" ? [] : aboutNoDatabase,
    env: { TEST_ENGINE: engine },
    globalSetup,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than small machines have cores: the tests often wait for a server to start.
    maxWorkers: 3,
  },
});

export default defineConfig({
  // Empty, as where Next renders. Its own condition, react-server, would keep tests from rendering.
  resolve: {
    alias: { "server-only": join(import.meta.dirname, "node_modules/server-only/empty.js") },
  },
  test: {
    projects: [
      {
        extends: true,
        test: { name: "unit", include: ["tests/unit/**/*.test.ts"], testTimeout: 60_000 },
      },
      integration("sqlite"),
      integration("libsql"),
      integration("postgres", ["tests/support/global-postgres.ts"]),
      {
        extends: true,
        test: {
          name: "standalone",
          include: ["tests/standalone/**/*.test.ts"],
          testTimeout: 60_000,
          // The build is a hook.
          hookTimeout: 300_000,
        },
      },
      {
        extends: true,
        test: {
          name: "vercel",
          include: ["tests/vercel/**/*.test.ts"],
          globalSetup: ["tests/support/global-postgres.ts"],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
