/**
 * Each operation beside the limit, and beside the peers: in turns, a slice of time each, so that a
 * machine that is busy with something else holds all of them up alike. One operation after the
 * other, because a server that had nothing to do for a while is not as fast as it was before.
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
    const results: Result[] = [];
    const warmed = new Set<string>();
    for (const row of rows) {
      const lanes = lanesOf(row);
      for (const lane of lanes) {
        if (!warmed.has(nameOf(lane))) await warmUp(lane);
        warmed.add(nameOf(lane));
      }
      // Hashes take their time, and the slowest has to get all of its clients' done in a slice.
      const seconds = row.limit === "argon2id" ? 2 * plan.seconds : plan.seconds;
      const rounds: Measured[][] = [];
      for (let repetition = 0; repetition < plan.repetitions; repetition += 1) {
        const round: Measured[] = [];
        for (const lane of lanes) round.push(await measure(lane, seconds));
        rounds.push(round);
      }
      results.push(judge(row, rounds));
    }
    return results;
  } finally {
    driver.stop();
    argon2.stop();
  }
}

/** The limit first, then ours, then the peers. */
function lanesOf({ lane, limit, peers }: Row): Row["limit"][] {
  return [limit, lane, ...Object.values(peers)];
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

function judge({ name, limitName, target, peers }: Row, rounds: Measured[][]): Result {
  const column = (index: number) => rounds.map((round) => round[index] as Measured);
  const [limit, own, ...others] = rounds[0]?.map((_, index) => column(index)) ?? [];
  if (!limit || !own) throw new Error("Nothing was measured.");
  const ratios = ratiosTo(limit, own);
  const compared = Object.keys(peers).map((peer, index) => {
    const theirs = others[index] ?? [];
    return [peer, { figures: figuresOf(theirs), ratio: median(ratiosTo(limit, theirs)) }] as const;
  });
  return {
    name,
    limitName,
    ...(target !== undefined && { target }),
    own: figuresOf(own),
    limit: figuresOf(limit),
    ratio: median(ratios),
    noise: noise(ratios),
    peers: Object.fromEntries(compared),
  };
}

/** Of neighbours in time only. */
function ratiosTo(limit: Measured[], own: Measured[]): number[] {
  return own.map((slice, index) => slice.perSecond / (limit[index]?.perSecond ?? Number.NaN));
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
