/** How cost grows with users, sessions, blacklist rows and a session's age. */
import { statSync } from "node:fs";
import { join } from "node:path";
import Sqlite from "better-sqlite3";
import { randomName } from "../../tests/support/server.ts";
import { settings } from "../lib/latchkey.ts";
import { seedSqlite } from "../lib/seed-sqlite.ts";
import type { Population } from "../lib/seeds.ts";
import { root, type Server, startNext } from "../lib/servers.ts";
import { median, noise } from "../lib/statistics.ts";
import { type Driver, startDriver } from "../load/drive.ts";
import { clients } from "./throughput.ts";

export interface GrowthResult {
  /** Requests per second with few and with many rows; `ratio` is the median of the repetitions. */
  rows: { name: string; small: number; large: number; ratio: number; noise: number }[];
  /** Bytes per session. */
  storage: { refreshes: number; before: number; after: number };
  /** p99 of refresh in milliseconds, idle and during pruning. */
  pruning: { rows: number; seconds: number; idle: number; pruning: number };
}

const few: Population = { users: 1_000, sessions: 1_000 };
const many: Population = { users: 1_000_000, sessions: 1_000_000, blacklist: 1_000_000 };

const operations = [
  { name: "refresh", operation: "refresh, many sessions", seconds: 1.5 },
  { name: "me", operation: "me, many sessions", seconds: 1.5 },
  { name: "login", operation: "login", seconds: 2 },
];

export async function measureGrowth(folder: string, repetitions: number): Promise<GrowthResult> {
  return {
    rows: await compare(folder, repetitions),
    storage: await measureStorage(folder),
    pruning: await measurePruning(folder),
  };
}

/** Starts a server on a database of its own. */
async function startOn(folder: string, population: Population, env: Record<string, string> = {}) {
  const path = join(folder, `growth-${randomName()}.db`);
  await seedSqlite(path, population);
  const all = { ...settings, DATABASE_URL: `file:${path}`, REFRESH_TOKEN_MIN_AGE: "0", ...env };
  const server = await startNext(root, all, { readyPath: "/api/health", folder });
  return { path, server };
}

async function compare(folder: string, repetitions: number): Promise<GrowthResult["rows"]> {
  const small = await startOn(folder, few);
  const large = await startOn(folder, many);
  const driver = startDriver();
  try {
    const measure = (operation: string, seconds: number, server: Server, { users }: Population) => {
      const order = { subject: "latchkey", operation, origin: server.origin, clients, seconds };
      return driver.measure({ ...order, users }, server.pid);
    };
    const rows: GrowthResult["rows"] = [];
    for (const { name, operation, seconds } of operations) {
      const rounds: { small: number; large: number }[] = [];
      for (let repetition = -1; repetition < repetitions; repetition += 1) {
        // The first repetition is for warming up.
        const length = repetition === -1 ? 2 * seconds : seconds;
        const { perSecond: s } = await measure(operation, length, small.server, few);
        const { perSecond: l } = await measure(operation, length, large.server, many);
        if (repetition >= 0) rounds.push({ small: s, large: l });
      }
      const ratios = rounds.map((round) => round.large / round.small);
      rows.push({
        name,
        small: median(rounds.map((round) => round.small)),
        large: median(rounds.map((round) => round.large)),
        ratio: median(ratios),
        noise: noise(ratios),
      });
    }
    return rows;
  } finally {
    driver.stop();
    await Promise.all([small.server.stop(), large.server.stop()]);
  }
}

async function measureStorage(folder: string): Promise<GrowthResult["storage"]> {
  const { path, server } = await startOn(folder, few);
  const driver = startDriver();
  try {
    await refreshFor(driver, server, 0.2);
    const before = bytesPerSession(path);
    let refreshes = 0;
    while (refreshes < 10_000) refreshes += (await refreshFor(driver, server, 2)).requests;
    return { refreshes, before, after: bytesPerSession(path) };
  } finally {
    driver.stop();
    await server.stop();
  }
}

function refreshFor(driver: Driver, server: Server, seconds: number) {
  const order = { subject: "latchkey", operation: "refresh, many sessions", clients, seconds };
  return driver.measure({ ...order, origin: server.origin }, server.pid);
}

/** Writes the log back first, so that only the tables count. */
function bytesPerSession(path: string): number {
  const file = new Sqlite(path, { timeout: 4_000 });
  file.pragma("wal_checkpoint(TRUNCATE)");
  const { sessions } = file.prepare("select count(*) as sessions from sessions").get() as {
    sessions: number;
  };
  file.close();
  return statSync(path).size / sessions;
}

async function measurePruning(folder: string): Promise<GrowthResult["pruning"]> {
  const cronSecret = "a secret for the benchmark's scheduler";
  const expired = 500_000;
  const population = { users: 1_000, sessions: 1_000 + expired, blacklist: expired, expired };
  const { server } = await startOn(folder, population, { CRON_SECRET: cronSecret });
  const driver = startDriver();
  try {
    await refreshFor(driver, server, 4);
    const { p99: idle } = await refreshFor(driver, server, 4);
    const began = performance.now();
    let ended = Number.NaN;
    const pruned = fetch(`${server.origin}/api/cron`, {
      headers: { authorization: `Bearer ${cronSecret}` },
    }).then(async (response) => {
      ended = performance.now();
      return (await response.json()) as { pruned: Record<string, number> };
    });
    const slices: number[] = [];
    while (Number.isNaN(ended)) slices.push((await refreshFor(driver, server, 4)).p99);
    const rows = Object.values((await pruned).pruned).reduce((sum, count) => sum + count, 0);
    return { rows, seconds: (ended - began) / 1000, idle, pruning: Math.max(...slices) };
  } finally {
    driver.stop();
    await server.stop();
  }
}
