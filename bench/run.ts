/** `npm run bench`: compares the program with the least that Next.js can do. See README.md. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { startLatchkey } from "./lib/latchkey.ts";
import { describeMachine } from "./lib/machine.ts";
import { peerVersions, startPeers } from "./lib/peers.ts";
import { build, root, startNext } from "./lib/servers.ts";
import { measureClient } from "./parts/client.ts";
import { measureFlood } from "./parts/flood.ts";
import { measureGrowth } from "./parts/growth.ts";
import { measureInstances } from "./parts/instances.ts";
import { measurePages } from "./parts/pages.ts";
import { rowsFor } from "./parts/rows.ts";
import { measureStart } from "./parts/start.ts";
import { measureThroughput } from "./parts/throughput.ts";
import { chart } from "./report/chart.ts";
import { introduce, updateDocument } from "./report/document.ts";
import { type Results, shortfalls } from "./report/results.ts";
import * as tables from "./report/tables.ts";

const usage = `npm run bench -- [--quick] [--peers] [--no-build] [part …]

Parts: throughput flood growth instances client pages start; all of them by default.
--quick     what throughput and flood have targets for, in three minutes; writes nothing
--peers     measures better-auth and next-auth (and Django with simplejwt, if it is there) as well
--no-build  takes the builds that are there

Exits with 1 when a target is missed by more than the noise that was measured.`;

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
    help: { type: "boolean", short: "h", default: false },
  },
});
if (options.help) {
  console.log(usage);
  process.exit();
}

const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => process.exit(1));
}

const quickParts = ["throughput", "flood"];
const wanted = positionals.length > 0 ? positionals : options.quick ? quickParts : undefined;
const wants = (part: string) => wanted === undefined || wanted.includes(part);
const limitFolder = join(root, "bench/limit");

const results: Results = { machine: describeMachine(), peers: {} };
console.log(introduce(results.machine, results.peers));
if (!options["no-build"]) {
  console.log("\nBuilding …");
  await Promise.all([build(root), build(limitFolder)]);
}

const writing = await startLatchkey(folder, { REFRESH_TOKEN_MIN_AGE: "0" });
const real = await startLatchkey(folder);
const limit = await startNext(limitFolder, {}, { readyPath: "/api/empty", folder });
const peers = options.peers ? await startPeers(folder, !options["no-build"]) : {};
if (options.peers) results.peers = peerVersions();

if (wants("throughput")) {
  const plan = options.quick
    ? { warmUp: 18, seconds: 0.8, repetitions: 5 }
    : { warmUp: 18, seconds: 1, repetitions: 5 };
  const all = rowsFor({ limit, writing, real, peers });
  const rows = options.quick ? all.filter(({ target }) => target !== undefined) : all;
  results.throughput = await measureThroughput(rows, plan);
  say("Throughput, 16 clients", tables.throughputTable(results.throughput));
}
if (wants("flood")) {
  const plan = { seconds: options.quick ? 2 : 5, repetitions: options.quick ? 3 : 5 };
  results.flood = await measureFlood(writing, folder, plan);
  say("A login flood", tables.floodTable(results.flood));
}
if (wants("pages")) {
  results.pages = await measurePages(real);
  say("Pages", tables.pagesTable(results.pages));
}
await Promise.all([limit, writing, real, ...Object.values(peers)].map((server) => server.stop()));

if (wants("growth")) {
  results.growth = await measureGrowth(folder, 3);
  say("Growth", tables.growthTable(results.growth));
}
if (wants("instances")) {
  results.instances = await measureInstances(folder, 5);
  say("Instances", tables.instancesTable(results.instances));
}
if (wants("client")) {
  results.client = await measureClient();
  say("Client", `${results.client.bytes} bytes`);
}
if (wants("start")) {
  results.start = await measureStart(folder);
  say("Start", tables.startTable(results.start));
}

if (!options.quick) keep();
const missed = shortfalls(results);
if (missed.length > 0) console.log(`\nToo slow:\n${missed.join("\n")}`);
process.exit(missed.length > 0 ? 1 : 0);

function say(title: string, text: string): void {
  console.log(`\n${title}\n\n${text}`);
}

/** Saves the results; parts that this run did not measure keep their earlier figures. */
function keep(): void {
  const path = join(root, "bench/results.json");
  const before = existsSync(path) ? JSON.parse(readFileSync(path, "utf8")) : {};
  const all: Results = { ...before, ...results };
  writeFileSync(path, `${JSON.stringify(all, null, 2)}\n`);
  updateDocument(join(root, "docs/performance.md"), results);
  if (all.throughput)
    writeFileSync(join(root, "docs/images/performance.svg"), chart(all.throughput));
}
