/** Compares two instances of the server on one Postgres with a single one. */

import { availableParallelism } from "node:os";
import { startPostgres } from "../../tests/support/postgres.ts";
import { cpuSeconds, watchCores } from "../lib/cpu.ts";
import { settings } from "../lib/latchkey.ts";
import { seedPostgres } from "../lib/seed-postgres.ts";
import { root, type Server, startNext } from "../lib/servers.ts";
import { median } from "../lib/statistics.ts";
import { type Driver, startDriver } from "../load/drive.ts";
import { clients } from "./throughput.ts";

/** The shares of all cores that each kind of process used, 0 to 1. */
export interface Share {
  perSecond: number;
  cores: number;
  servers: number;
  database: number;
  driver: number;
}

export interface InstancesResult {
  one: Share;
  two: Share;
  /** The median of the repetitions' ratios. */
  ratio: number;
}

const seconds = 3;

export async function measureInstances(
  folder: string,
  repetitions: number,
): Promise<InstancesResult> {
  const postgres = await startPostgres();
  const drivers = [startDriver(), startDriver()];
  const servers: Server[] = [];
  try {
    await seedPostgres(postgres.url, { users: 1_000, sessions: 50_000 });
    const env = { ...settings, DATABASE_URL: postgres.url, REFRESH_TOKEN_MIN_AGE: "0" };
    for (let n = 0; n < 2; n += 1) {
      servers.push(await startNext(root, env, { readyPath: "/api/health", folder }));
    }
    const round = (count: number) => share(drivers, servers.slice(0, count));
    await round(2);
    const rounds: { one: Share; two: Share }[] = [];
    for (let repetition = 0; repetition < repetitions; repetition += 1) {
      rounds.push({ one: await round(1), two: await round(2) });
    }
    return {
      one: medians(rounds.map(({ one }) => one)),
      two: medians(rounds.map(({ two }) => two)),
      ratio: median(rounds.map(({ one, two }) => two.perSecond / one.perSecond)),
    };
  } finally {
    for (const driver of drivers) driver.stop();
    await Promise.all(servers.map((server) => server.stop()));
    await postgres.remove();
  }
}

/** Measures the same number of clients in all, spread over the servers. */
async function share(drivers: Driver[], servers: Server[]): Promise<Share> {
  const cores = watchCores();
  // Postgres's processes are unknown here, so all other use of the cores counts as the database's.
  const before = servers.map(({ pid }) => cpuSeconds(pid));
  const began = performance.now();
  const slices = await Promise.all(
    servers.map((server, n) => {
      const operation = { subject: "latchkey", operation: "refresh", origin: server.origin };
      const order = { ...operation, clients: clients / servers.length, seconds };
      return (drivers[n] as Driver).measure(order, server.pid);
    }),
  );
  const all = ((performance.now() - began) / 1000) * availableParallelism();
  const busy = cores();
  const used = servers.reduce((sum, { pid }, n) => sum + cpuSeconds(pid) - (before[n] ?? 0), 0);
  const driving = slices.reduce((sum, { driverCpu }) => sum + driverCpu, 0);
  return {
    perSecond: slices.reduce((sum, { perSecond }) => sum + perSecond, 0),
    cores: busy,
    servers: used / all,
    driver: driving / all,
    database: Math.max(0, busy - (used + driving) / all),
  };
}

function medians(shares: Share[]): Share {
  const of = (pick: (share: Share) => number) => median(shares.map(pick));
  return {
    perSecond: of((share) => share.perSecond),
    cores: of((share) => share.cores),
    servers: of((share) => share.servers),
    database: of((share) => share.database),
    driver: of((share) => share.driver),
  };
}
