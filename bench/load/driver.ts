/**
 * Generates the load, in a process of its own: a closed loop, in which each client sends its next
 * request as soon as it has the response to the last one.
 */
import { percentile } from "../lib/statistics.ts";
import { subjects } from "../subjects/index.ts";
import { Client } from "./client.ts";

/** One run of one operation. */
export interface Order {
  subject: string;
  operation: string;
  origin: string;
  clients: number;
  seconds: number;
  /** Stops earlier, after this many requests of all clients together. */
  enough?: number;
  /** How many users the database has. */
  users: number;
}

/** The figures of one slice of time. Latencies are milliseconds. */
export interface Slice {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
  /** Seconds of processor time that the driver itself used. */
  driverCpu: number;
}

/**
 * Seconds at the beginning of a slice that do not count. A server that was idle for a while has
 * lost its place in the processor's caches, and the system may have reclaimed its pages.
 */
const leadIn = 0.5;

/** Clients go on where they stopped, so that their sessions have a history, as real ones do. */
const kept = new Map<string, Client[]>();

function clientsOf({ subject, operation, origin, clients, users }: Order): Client[] {
  const key = [subject, operation, origin, clients].join(" ");
  const known =
    kept.get(key) ?? Array.from({ length: clients }, (_, n) => new Client(origin, n, users));
  kept.set(key, known);
  return known;
}

async function carryOut(order: Order): Promise<Slice> {
  const operation = subjects[order.subject]?.[order.operation];
  if (!operation) throw new Error(`${order.subject} has no ${order.operation}.`);
  const clients = clientsOf(order);
  await Promise.all(clients.map((client) => operation.prepare?.(client)));

  // A client with a limited stock of requests has none to spare for a lead-in.
  const lead = operation.most === undefined ? leadIn * 1000 : 0;
  const enough = order.enough ?? Number.POSITIVE_INFINITY;
  const latencies: number[] = [];
  let began = performance.now() + lead;
  let cpu = process.cpuUsage();
  const end = began + order.seconds * 1000;
  const begin = () => {
    process.send?.({ ready: true });
    began = performance.now();
    cpu = process.cpuUsage();
  };
  if (lead > 0) setTimeout(begin, lead);
  else begin();
  await Promise.all(
    clients.map(async (client) => {
      const most = operation.most ?? Number.POSITIVE_INFINITY;
      for (let now = performance.now(), made = 0; now < end && made < most; made += 1) {
        if (latencies.length >= enough) return;
        await operation.request(client);
        const after = performance.now();
        if (after >= began) latencies.push(after - now);
        now = after;
      }
    }),
  );
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return {
    requests: latencies.length,
    seconds,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
    max: percentile(latencies, 1),
    driverCpu: (user + system) / 1e6,
  };
}

process.on("message", (order: Order) => {
  carryOut(order).then(
    (slice) => process.send?.({ slice }),
    (error: Error) => process.send?.({ error: error.message }),
  );
});
// The driver ends with the process that gives it orders.
process.on("disconnect", () => process.exit());
