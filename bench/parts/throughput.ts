/**
 * Each operation, of ours and of the peers, beside the limit: the two of them in turns, a slice of
 * time each, so that a machine that is busy with something else holds both up alike. No more than
 * two, because a server that had nothing to do for a while is not as fast as it was before.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { Server } from "../lib/servers.ts";
import { median, noise } from "../lib/statistics.ts";
import type { Driver, Measured } from "../load/drive.ts";
import { startDriver } from "../load/drive.ts";

/**
 * Requests after which compilers have mostly done their work: a server that has answered a few
 * thousand takes half as long again as one that has been at it for a minute.
 */
const warm = 15_000;

/** Where the time goes into what is compiled already, or the stock of sessions ends sooner. */
const warmSooner: Record<string, number> = { login: 300, page: 3_000, logout: 2_400 };

/** How many clients ask at a time. */
export const clients = 16;

export interface Plan {
  /** Seconds that each may take until compilers have done their work, before anything counts. */
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
  /** What the ratio is to; "argon2id alone" is no server. */
  limitName: string;
  lane: Lane;
  limit: Lane | "argon2id";
  /** The same done by others, by their names. */
  peers: Record<string, Lane>;
  /** The least that the ratio has to be. */
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

/** Slices of both, in the order of time. */
interface Pair {
  limit: Measured[];
  lane: Measured[];
}

export async function measureThroughput(rows: Row[], plan: Plan): Promise<Result[]> {
  const driver = startDriver();
  const argon2 = startArgon2();
  try {
    const measure = (lane: Row["limit"], seconds: number) =>
      lane === "argon2id" ? argon2.measure(seconds) : measureLane(driver, lane, seconds);
    const warmUp = (lane: Row["limit"]) =>
      lane === "argon2id"
        ? argon2.measure(plan.seconds)
        : measureLane(driver, lane, plan.warmUp, warmSooner[lane.operation] ?? warm);
    const warmed = new Set<string>();
    const compare = async (limit: Row["limit"], lane: Lane): Promise<Pair> => {
      for (const each of [limit, lane]) {
        if (!warmed.has(nameOf(each))) await warmUp(each);
        warmed.add(nameOf(each));
      }
      // Hashes take their time, and the slowest has to get all of its clients' done in a slice.
      const seconds = limit === "argon2id" ? 2 * plan.seconds : plan.seconds;
      const pair: Pair = { limit: [], lane: [] };
      for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
        pair.limit.push(await measure(limit, seconds));
        pair.lane.push(await measure(lane, seconds));
      }
      return pair;
    };
    const results: Result[] = [];
    for (const row of rows) {
      const own = await compare(row.limit, row.lane);
      const peers: Record<string, Pair> = {};
      for (const [name, lane] of Object.entries(row.peers)) {
        peers[name] = await compare(row.limit, lane);
      }
      results.push(judge(row, own, peers));
    }
    return results;
  } finally {
    driver.stop();
    argon2.stop();
  }
}

/** Several rows have one limit. */
function nameOf(lane: Row["limit"]): string {
  return lane === "argon2id" ? lane : `${lane.subject} ${lane.operation} ${lane.server.origin}`;
}

async function measureLane(
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
      [peer, { figures: figuresOf(pair.lane), ratio: median(ratiosOf(pair)) }] as const,
  );
  return {
    name,
    limitName,
    ...(target !== undefined && { target }),
    own: figuresOf(own.lane),
    limit: figuresOf(own.limit),
    ratio: median(ratios),
    noise: noise(ratios),
    peers: Object.fromEntries(compared),
  };
}

/** Of neighbours in time only. */
function ratiosOf({ limit, lane }: Pair): number[] {
  return lane.map((slice, index) => slice.perSecond / (limit[index]?.perSecond ?? Number.NaN));
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
