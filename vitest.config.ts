import { defineConfig } from "vitest/config";

/** The integration suite, which runs on every kind of database. */
const integration = (engine: string, globalSetup: string[] = []) => ({
  extends: true as const,
  test: {
    name: `integration-${engine}`,
    include: ["tests/integration/**/*.test.ts"],
    env: { TEST_ENGINE: engine },
    globalSetup,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // More than small machines have cores: the tests often wait for a server to start.
    maxWorkers: 3,
  },
});

export default defineConfig({
  // `server-only` is empty under this condition, as it is where Next renders.
  ssr: { resolve: { conditions: ["react-server"] } },
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
