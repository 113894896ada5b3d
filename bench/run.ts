/** `npm run bench`: how fast the program is, beside the least that Next.js can do. README.md. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLatchkey } from "./lib/latchkey.ts";
import { describeMachine } from "./lib/machine.ts";
import { build, root, startNext } from "./lib/servers.ts";
import { measureFlood } from "./parts/flood.ts";
import { measureThroughput, type Row } from "./parts/throughput.ts";

const { values } = parseArgs({
  options: {
    quick: { type: "boolean" },
    "no-build": { type: "boolean" },
    only: { type: "string" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
  process.on(signal, () => process.exit(1));

console.log(describeMachine());
const limitFolder = join(root, "bench/limit");
if (!values["no-build"]) {
  await build(root);
  await build(limitFolder);
}
const limit = await startNext(limitFolder, {}, { readyPath: "/empty", folder });
const writing = await startLatchkey(folder, { REFRESH_TOKEN_MIN_AGE: "0" });
const real = await startLatchkey(folder);
const lane = (subject: string, operation: string, server: typeof limit) => ({
  subject,
  operation,
  server,
});
const handler: Pick<Row, "limitName" | "limit" | "peers"> = {
  limitName: "empty route handler",
  limit: lane("limit", "handler", limit),
  peers: {},
};
const middleware: typeof handler = {
  limitName: "empty middleware",
  limit: lane("limit", "middleware", limit),
  peers: {},
};
const rows: Row[] = [
  {
    name: "login",
    limitName: "argon2id alone",
    limit: "argon2id" as const,
    lane: lane("latchkey", "login", real),
    peers: {},
    target: 0.75,
  },
  {
    ...handler,
    name: "refresh, a write each",
    lane: lane("latchkey", "refresh", writing),
    target: 0.55,
  },
  {
    ...handler,
    name: "refresh, as in real life",
    lane: lane("latchkey", "refresh", real),
    target: 0.6,
  },
  { ...handler, name: "me", lane: lane("latchkey", "me", real), target: 0.7 },
  {
    name: "protected page",
    limitName: "empty page",
    limit: lane("limit", "page", limit),
    lane: lane("latchkey", "page", real),
    peers: {},
  },
  { ...middleware, name: "gate", lane: lane("latchkey", "gate", real), target: 0.55 },
  { ...middleware, name: "gate, opening a seal", lane: lane("latchkey", "gate, sealed", real) },
  { ...handler, name: "logout", lane: lane("latchkey", "logout", real) },
].filter((row) => !values.only || row.name.startsWith(values.only));
const results = await measureThroughput(rows, { seconds: 0.8, repetitions: 5 });
for (const r of results) console.log(r.name, JSON.stringify(r));
console.log(await measureFlood(writing, { seconds: 2, repetitions: 3 }));
await Promise.all([limit.stop(), writing.stop(), real.stop()]);
process.exit(0);
