/** Writes the tables of a full run into docs/performance.md, between the markers for each. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Machine } from "../lib/machine.ts";
import type { Results } from "./results.ts";
import {
  floodTable,
  growthTable,
  instancesTable,
  pagesTable,
  startTable,
  throughputTable,
} from "./tables.ts";

export function updateDocument(path: string, results: Results): void {
  const { throughput, flood, growth, instances, pages, start, client } = results;
  const measured: Record<string, string | undefined> = {
    machine: introduce(results.machine, results.peers),
    throughput: throughput && throughputTable(throughput),
    flood: flood && floodTable(flood),
    growth: growth && growthTable(growth),
    instances: instances && instancesTable(instances),
    client: client && `${(client.bytes / 1000).toFixed(2)} kB, gzip (allowed: 3.5 kB).`,
    pages: pages && pagesTable(pages),
    start: start && startTable(start),
  };
  let text = readFileSync(path, "utf8");
  for (const [name, content] of Object.entries(measured)) {
    if (content === undefined) continue;
    const markers = new RegExp(`(<!-- ${name} -->\\n)[^]*?(<!-- /${name} -->)`);
    text = text.replace(markers, (_, open, close) => `${open}\n${content}\n${close}`);
  }
  writeFileSync(path, text);
}

export function introduce(machine: Machine, peers: Record<string, string>): string {
  const { date, cores, processor, memory, system, load, commit, versions } = machine;
  const list = Object.entries({ ...versions, ...peers }).map(
    ([name, version]) => `${name} ${version}`,
  );
  return [
    `${date.slice(0, 16).replace("T", " ")} UTC, at ${commit}: ${cores} cores (${processor}), ${memory} GiB, ${system},`,
    `load ${load.toFixed(1)} before the start. ${list.join(", ")}.`,
  ].join("\n");
}
