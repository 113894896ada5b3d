/**
 * The load, in a process of its own: a closed loop, in which each client sends its next request as
 * soon as it has the answer to the one before.
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
  /** How many users the database has. */
  users: number;
}

/** What a slice of time has shown. Latencies are milliseconds. */
export interface Slice {
  requests: number;
  seconds: number;
  p50: number;
  p99: number;
  max: number;
  /** Seconds of processor time that this process has used itself. */
  driverCpu: number;
}

/** Clients go on where they stopped: their sessions have a history, as people's have. */
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

  process.send?.({ ready: true });
  const latencies: number[] = [];
  const began = performance.now();
  const cpu = process.cpuUsage();
  const end = began + order.seconds * 1000;
  await Promise.all(
    clients.map(async (client) => {
      const most = operation.most ?? Number.POSITIVE_INFINITY;
      for (let now = performance.now(), made = 0; now < end && made < most; made += 1) {
        await operation.request(client);
        const after = performance.now();
        latencies.push(after - now);
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
// It ends with the process that gives it its orders.
process.on("disconnect", () => process.exit());
