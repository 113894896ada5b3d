/** Starts drivers and gives them orders. */
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { cpuSeconds } from "../lib/cpu.ts";
import { usual } from "../lib/seeds.ts";
import type { Order, Slice } from "./driver.ts";

export interface Measured extends Slice {
  /** Milliseconds of the server's processor time per request. */
  cpuPerRequest: number;
  perSecond: number;
}

/** How many of the seeded sessions each driver has. */
const sessionsEach = 20_000;

type Reply = { ready: true } | { slice: Slice } | { error: string };

export interface Driver {
  /** Carries out an order and counts the processor time of the server with `pid`. */
  measure(order: Omit<Order, "users"> & { users?: number }, pid: number): Promise<Measured>;
  stop(): void;
}

let drivers = 0;

export function startDriver(): Driver {
  // Each driver has sessions of its own, and none of the bench's Node.js flags.
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
