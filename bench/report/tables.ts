/** Results as Markdown tables, for the terminal and for docs/performance.md. */
import type { AttackResult, FloodResult } from "../parts/flood.ts";
import type { GrowthResult } from "../parts/growth.ts";
import type { InstancesResult } from "../parts/instances.ts";
import type { PageResult } from "../parts/pages.ts";
import type { StartResult } from "../parts/start.ts";
import type { Figures, Result } from "../parts/throughput.ts";
import { maxAttackedSignIn, maxAttackSlowdown } from "./results.ts";

/** Pads each column to its widest cell, so that the source reads like a table, too. */
export function table(head: string[], rows: string[][]): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}

export function throughputTable(results: Result[]): string {
  const peers = [...new Set(results.flatMap(({ peers }) => Object.keys(peers)))];
  const head = ["", "req/s", "p50", "p99", "CPU each", "limit", "ratio", "wanted"];
  const rows = results.map((result) => [
    result.name,
    ...figures(result.own),
    `${perSecond(result.limit)} (${result.limitName})`,
    `${result.ratio.toFixed(2)} ± ${result.noise.toFixed(2)}`,
    result.target === undefined ? "" : `≥ ${result.target.toFixed(2)}`,
    ...peers.map((peer) => {
      const theirs = result.peers[peer];
      if (!theirs) return "";
      const faster = result.own.perSecond / theirs.figures.perSecond;
      return `${perSecond(theirs.figures)} (${theirs.ratio.toFixed(2)}; ours is ${faster.toFixed(1)} ×)`;
    }),
  ]);
  return table([...head, ...peers], rows);
}

function figures(of: Figures): string[] {
  return [
    perSecond(of),
    milliseconds(of.p50),
    milliseconds(of.p99),
    milliseconds(of.cpuPerRequest),
  ];
}

const perSecond = ({ perSecond: rate }: { perSecond: number }) => rate.toFixed(0);
const milliseconds = (value: number) =>
  Number.isNaN(value) ? "–" : `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

export function floodTable(flood: FloodResult): string {
  return [crowdTable(flood), attackTable(flood.attack)].join("\n\n");
}

function attackTable({ idle, attacked, slowest, ratio, noise }: AttackResult): string {
  return table(
    ["an honest sign-in, from elsewhere", "p50", "", "slowest"],
    [
      ["nobody else signs in", milliseconds(idle), "", ""],
      [
        "one account at one address keeps 200 sign-ins in flight",
        milliseconds(attacked),
        `${ratio.toFixed(1)} × (± ${noise.toFixed(1)}), wanted ≤ ${maxAttackSlowdown}`,
        `${milliseconds(slowest)}, wanted ≤ ${seconds(maxAttackedSignIn)}`,
      ],
    ],
  );
}

function crowdTable({ idle, flooded, ratio, noise, loginsPerSecond }: FloodResult): string {
  return table(
    ["p99 of refresh", "", ""],
    [
      ["nobody signs in", milliseconds(idle), ""],
      [
        `64 clients sign in as fast as they can (${loginsPerSecond.toFixed(0)} a second)`,
        milliseconds(flooded),
        `${ratio.toFixed(1)} × (± ${noise.toFixed(1)}), wanted ≤ 5`,
      ],
    ],
  );
}

export function growthTable({ rows, storage, pruning }: GrowthResult): string {
  const grown = table(
    ["", "1,000", "1,000,000", "ratio"],
    rows.map(({ name, small, large, ratio, noise }) => [
      name,
      `${small.toFixed(0)} req/s`,
      `${large.toFixed(0)} req/s`,
      `${ratio.toFixed(2)} ± ${noise.toFixed(2)}`,
    ]),
  );
  const kept = table(
    ["database", "after one refresh each", `after ${storage.refreshes.toLocaleString("en")} more`],
    [["bytes a session", storage.before.toFixed(0), storage.after.toFixed(0)]],
  );
  const pruned = table(
    ["p99 of refresh", "idle", "while pruning", ""],
    [
      [
        `${pruning.rows.toLocaleString("en")} expired rows, gone in ${pruning.seconds.toFixed(0)} s`,
        milliseconds(pruning.idle),
        milliseconds(pruning.pruning),
        `${(pruning.pruning / pruning.idle).toFixed(1)} ×, wanted ≤ 5`,
      ],
    ],
  );
  return [grown, kept, pruned].join("\n\n");
}

export function instancesTable({ one, two, ratio }: InstancesResult): string {
  const row = (name: string, of: InstancesResult["one"]) => [
    name,
    `${of.perSecond.toFixed(0)} req/s`,
    ...[of.cores, of.servers, of.database, of.driver].map(
      (share) => `${(share * 100).toFixed(0)} %`,
    ),
  ];
  const head = ["refresh, on Postgres", "", "all cores busy", "servers", "database", "load itself"];
  return `${table(head, [row("one instance", one), row("two instances", two)])}\n\nRatio: ${ratio.toFixed(2)}.`;
}

export function pagesTable(pages: PageResult[]): string {
  return table(
    [
      "page",
      "requests",
      "transferred",
      "of it JavaScript",
      "LCP, CPU slowed 4 ×",
      "API calls before first paint",
    ],
    pages.map((page) => [
      page.name,
      String(page.requests),
      kilobytes(page.transferred),
      kilobytes(page.script),
      `${page.largestPaint.toFixed(0)} ms`,
      String(page.apiCallsBeforePaint),
    ]),
  );
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

export function startTable(start: StartResult): string {
  return table(
    ["", "", "wanted"],
    [
      ["`npm run dev`, warm, until the login page is there", seconds(start.development), "< 5 s"],
      ["`npm start` until it is ready", seconds(start.production), "< 1 s"],
      ["a function, from nothing: its code loaded", milliseconds(start.functionLoaded), ""],
      ["… and its first refresh answered", milliseconds(start.functionAnswered), ""],
    ],
  );
}

const seconds = (value: number) => `${(value / 1000).toFixed(2)} s`;
