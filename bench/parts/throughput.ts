/**
 * Compares each operation, ours and the peers', with its limit. The two take turns, a slice of time
 * each, so that other load on the machine slows both alike. Never more than two, because a server
 * that was idle for a while is slower than before.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Server } from "../lib/servers.ts";
import { median, noise } from "../lib/statistics.ts";
import type { Driver, Measured } from "../load/drive.ts";
import { startDriver } from "../load/drive.ts";

/**
 * Requests after which the JIT compilers have mostly done their work: after a few thousand requests
 * a server takes half as long again as after a minute of them.
 */
const warm = 15_000;

/** Fewer where native code takes most of the time, or where the stock of sessions is limited. */
const warmSooner: Record<string, number> = { login: 300, page: 3_000, logout: 2_400 };

/** How many clients send requests at the same time. */
export const clients = 16;

export interface Plan {
  /** Seconds that each warm-up may take; nothing counts before it ends. */
  warmUp: number;
  /** Seconds of one slice. */
  seconds: number;
  repetitions: number;
}

/** Something to measure: an operation of a subject, on a server. */
export interface Lane {
  subject: string;
  operation: string;
  server: Server;
}

export interface Row {
  name: string;
  /** What the ratio compares with; "argon2id alone" is no server. */
  limitName: string;
  own: Lane;
  limit: Lane | "argon2id";
  /** The same operation of the peers, by their names. */
  peers: Record<string, Lane>;
  /** The lowest ratio that passes. */
  target?: number;
}

/** Medians of the repetitions. Latencies and processor time are milliseconds. */
export interface Figures {
  perSecond: number;
  p50: number;
  p99: number;
  cpuPerRequest: number;
}

export interface Result {
  name: string;
  limitName: string;
  target?: number;
  own: Figures;
  limit: Figures;
  /** The median of the repetitions' ratios, and how far they lie apart. */
  ratio: number;
  noise: number;
  peers: Record<string, { figures: Figures; ratio: number }>;
}

/** Slices of both, in order of time. */
interface Pair {
  limit: Measured[];
  workload: Measured[];
}

export async function measureThroughput(rows: Row[], plan: Plan): Promise<Result[]> {
  const driver = startDriver();
  const argon2 = startArgon2();
  try {
    const measure = (workload: Row["limit"], seconds: number) =>
      workload === "argon2id"
        ? argon2.measure(seconds)
        : measureWorkload(driver, workload, seconds);
    const warmUp = (workload: Row["limit"]) =>
      workload === "argon2id"
        ? argon2.measure(plan.seconds)
        : measureWorkload(driver, workload, plan.warmUp, warmSooner[workload.operation] ?? warm);
    const warmed = new Set<string>();
    const compare = async (limit: Row["limit"], workload: Lane): Promise<Pair> => {
      for (const each of [limit, workload]) {
        if (!warmed.has(nameOf(each))) await warmUp(each);
        warmed.add(nameOf(each));
      }
      // Hashing is slow, and even the slowest has to serve all its clients in a slice.
      const seconds = limit === "argon2id" ? 2 * plan.seconds : plan.seconds;
      const pair: Pair = { limit: [], workload: [] };
      for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
        pair.limit.push(await measure(limit, seconds));
        pair.workload.push(await measure(workload, seconds));
      }
      return pair;
    };
    const results: Result[] = [];
    for (const row of rows) {
      const own = await compare(row.limit, row.own);
      const peers: Record<string, Pair> = {};
      for (const [name, peer] of Object.entries(row.peers)) {
        peers[name] = await compare(row.limit, peer);
      }
      results.push(judge(row, own, peers));
    }
    return results;
  } finally {
    driver.stop();
    argon2.stop();
  }
}

/** Identifies a workload: several rows share one limit, which has to warm up only once. */
function nameOf(workload: Row["limit"]): string {
  return workload === "argon2id"
    ? workload
    : `${workload.subject} ${workload.operation} ${workload.server.origin}`;
}

async function measureWorkload(
  driver: Driver,
  { subject, operation, server }: Lane,
  seconds: number,
  enough = Number.POSITIVE_INFINITY,
): Promise<Measured> {
  const order = { subject, operation, origin: server.origin, clients, seconds, enough };
  return driver.measure(order, server.pid);
}

function startArgon2() {
  const child = fork(join(import.meta.dirname, "..", "load", "argon2.ts"), [], { execArgv: [] });
  const none = { p50: Number.NaN, p99: Number.NaN, max: Number.NaN, driverCpu: 0, requests: 0 };
  return {
    async measure(seconds: number): Promise<Measured> {
      child.send({ clients, seconds });
      const [perSecond] = (await once(child, "message")) as [number];
      return { ...none, seconds, perSecond, cpuPerRequest: 1000 / perSecond };
    },
    stop: () => child.disconnect(),
  };
}

function judge({ name, limitName, target }: Row, own: Pair, peers: Record<string, Pair>): Result {
  const ratios = ratiosOf(own);
  const compared = Object.entries(peers).map(
    ([peer, pair]) =>
      [peer, { figures: figuresOf(pair.workload), ratio: median(ratiosOf(pair)) }] as const,
  );
  return {
    name,
    limitName,
    ...(target !== undefined && { target }),
    own: figuresOf(own.workload),
    limit: figuresOf(own.limit),
    ratio: median(ratios),
    noise: noise(ratios),
    peers: Object.fromEntries(compared),
  };
}

/** Returns the ratios of slices that are neighbours in time. */
function ratiosOf({ limit, workload }: Pair): number[] {
  return workload.map((slice, index) => slice.perSecond / (limit[index]?.perSecond ?? Number.NaN));
}

export function figuresOf(slices: Measured[]): Figures {
  const of = (pick: (slice: Measured) => number) => median(slices.map(pick));
  return {
    perSecond: of((slice) => slice.perSecond),
    p50: of((slice) => slice.p50),
    p99: of((slice) => slice.p99),
    cpuPerRequest: of((slice) => slice.cpuPerRequest),
  };
}
