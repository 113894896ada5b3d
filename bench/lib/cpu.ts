/** The processor time that a process and its children have used so far. */
import { readdirSync, readFileSync } from "node:fs";

/** Linux counts in hundredths of a second on every architecture that Node.js supports. */
const ticksPerSecond = 100;

/** Returns seconds, of all threads and living children together; NaN except on Linux. */
export function cpuSeconds(pid: number): number {
  if (process.platform !== "linux") return Number.NaN;
  const parents = new Map<number, { parent: number; ticks: number }>();
  for (const name of readdirSync("/proc")) {
    const known = /^\d+$/.test(name) && readStat(name);
    if (known) parents.set(Number(name), known);
  }
  const belongs = (candidate: number): boolean =>
    candidate === pid || (candidate > 1 && belongs(parents.get(candidate)?.parent ?? 0));
  let ticks = 0;
  for (const [candidate, { ticks: own }] of parents) if (belongs(candidate)) ticks += own;
  return ticks / ticksPerSecond;
}

/** https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html: ppid, utime and stime. */
function readStat(pid: string): { parent: number; ticks: number } | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The name, in parentheses, may contain spaces.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return { parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) };
  } catch {
    // The process has ended meanwhile.
    return undefined;
  }
}

/** Returns a function that tells what share of all cores (0 to 1) was busy since this call. */
export function watchCores(): () => number {
  const before = readCores();
  return () => {
    const after = readCores();
    return 1 - (after.idle - before.idle) / (after.total - before.total);
  };
}

function readCores(): { idle: number; total: number } {
  if (process.platform !== "linux") return { idle: Number.NaN, total: Number.NaN };
  const [line = ""] = readFileSync("/proc/stat", "utf8").split("\n");
  const times = line.split(/\s+/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0] = times;
  return { idle: idle + iowait, total: times.reduce((sum, time) => sum + time, 0) };
}
