/** How long servers and functions take to start. */
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort } from "../../tests/support/server.ts";
import { settings } from "../lib/latchkey.ts";
import { seedSqlite } from "../lib/seed-sqlite.ts";
import { cookieName, refreshCookie } from "../lib/seeds.ts";
import { root, runToEnd, start } from "../lib/servers.ts";
import { median } from "../lib/statistics.ts";

/** Milliseconds. */
export interface StartResult {
  /** `npm run dev` until it serves the sign-in page, with the cache of an earlier start. */
  development: number;
  /** `npm start` until it is ready. */
  production: number;
  /** A function's process until its code is loaded, and until its response to a first refresh. */
  functionLoaded: number;
  functionAnswered: number;
}

const repetitions = 5;

export async function measureStart(folder: string): Promise<StartResult> {
  const path = join(folder, "start.db");
  await seedSqlite(path, { users: 10, sessions: 10 });
  const env = { ...settings, DATABASE_URL: `file:${path}` };
  const cold = await times(() => coldStart(env));
  return {
    development: await developmentStart(env),
    production: median(await times(() => productionStart(env, folder))),
    functionLoaded: median(cold.map(({ loaded }) => loaded)),
    functionAnswered: median(cold.map(({ answered }) => answered)),
  };

  /**
   * Measures starts with the cache of an earlier one. Next writes that cache soon after a start,
   * and when SIGINT ends it, as Ctrl-C does.
   */
  async function developmentStart(env: Record<string, string>): Promise<number> {
    const port = await freePort();
    const dev = () =>
      start({
        command: [process.execPath, "scripts/dev.mjs", "-p", `${port}`],
        env: { ...env, NODE_ENV: "development", APP_URL: `http://localhost:${port}` },
        readyPath: "/login",
        port,
        folder,
      });
    const once = async () => {
      const server = await dev();
      await sleep(3_000);
      await server.stop("SIGINT");
      return server.startedIn;
    };
    await once();
    return median(await times(once));
  }
}

async function times<T>(measure: () => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  for (let n = 0; n < repetitions; n += 1) results.push(await measure());
  return results;
}

async function productionStart(env: Record<string, string>, folder: string): Promise<number> {
  const port = await freePort();
  const server = await start({
    command: [process.execPath, "scripts/start.ts", "-p", `${port}`, "-H", "127.0.0.1"],
    env: { ...env, APP_URL: `http://127.0.0.1:${port}` },
    readyPath: "/api/health",
    port,
    folder,
  });
  await server.stop();
  return server.startedIn;
}

async function coldStart(env: Record<string, string>) {
  const cookie = `${cookieName}=${await refreshCookie(1, Date.now())}`;
  const script = join(root, "bench/load/cold-start.cjs");
  const { output } = await runToEnd([process.execPath, script, cookie], env);
  const line = output.trim().split("\n").at(-1) ?? "";
  const { status, loaded, answered } = JSON.parse(line);
  if (status !== 200) throw new Error(`The function returned ${status}:\n${output}`);
  return { loaded, answered } as { loaded: number; answered: number };
}
