/** The machine that the figures are from, and its load: without them figures mean nothing. */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { availableParallelism, cpus, loadavg, totalmem } from "node:os";
import { join } from "node:path";

export interface Machine {
  /** ISO 8601, UTC. */
  date: string;
  commit: string;
  cores: number;
  processor: string;
  /** GiB. */
  memory: number;
  system: string;
  /** The load average of the last minute. */
  load: number;
  versions: Record<string, string>;
}

export function describeMachine(): Machine {
  return {
    date: new Date().toISOString(),
    commit: commit(),
    cores: availableParallelism(),
    processor: cpus()[0]?.model ?? "unknown",
    memory: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    load: loadavg()[0] ?? 0,
    versions: {
      node: process.versions.node,
      ...versionsOf("node_modules", [
        "next",
        "react",
        "better-sqlite3",
        "kysely",
        "jose",
        "iron-session",
        "@node-rs/argon2",
      ]),
    },
  };
}

/** Returns the versions of packages installed in `folder`; leaves out those that are missing. */
export function versionsOf(folder: string, names: string[]): Record<string, string> {
  const found = names.map((name): [string, string] | undefined => {
    try {
      const text = readFileSync(join(folder, name, "package.json"), "utf8");
      return [name, JSON.parse(text).version];
    } catch {
      return undefined;
    }
  });
  return Object.fromEntries(found.filter((entry) => entry !== undefined));
}

function commit(): string {
  try {
    const options = { encoding: "utf8", stdio: "pipe" } as const;
    return execFileSync("git", ["rev-parse", "--short", "HEAD"], options).trim();
  } catch {
    return "unknown";
  }
}
