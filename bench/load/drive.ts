/** Gives the driver its orders. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuSeconds } from "../lib/cpu.ts";
import { usual } from "../lib/seeds.ts";
import type { Order, Slice } from "./driver.ts";

export interface Measured extends Slice {
  /** Milliseconds of the server's processor time for each request. */
  cpuPerRequest: number;
  perSecond: number;
}

/** How many of the seeded sessions are a driver's own. */
const sessionsEach = 20_000;

type Reply = { ready: true } | { slice: Slice } | { error: string };

export interface Driver {
  /** Carries out an order; `pid` is the server's, whose processor time is counted. */
  measure(order: Omit<Order, "users"> & { users?: number }, pid: number): Promise<Measured>;
  stop(): void;
}

let drivers = 0;

export function startDriver(): Driver {
  // Each has sessions of its own, and no flags of the bench's.
  const firstSession = String((sessionsEach * drivers++) % usual.sessions);
  const child = fork(join(import.meta.dirname, "driver.ts"), [firstSession], { execArgv: [] });
  return {
    async measure(order, pid) {
      child.send({ users: usual.users, ...order });
      let before = Number.NaN;
      for (;;) {
        const [reply] = (await once(child, "message")) as [Reply];
        if ("error" in reply) throw new Error(reply.error);
        if ("ready" in reply) {
          before = cpuSeconds(pid);
          continue;
        }
        const { slice } = reply;
        const cpu = cpuSeconds(pid) - before;
        return {
          ...slice,
          perSecond: slice.requests / slice.seconds,
          cpuPerRequest: (cpu * 1000) / slice.requests,
        };
      }
    },
    stop: () => child.disconnect(),
  };
}
