/** Builds, starts (on loopback) and stops the servers that the bench measures. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { openSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { freePort, randomName } from "../../tests/support/server.ts";

export const root = join(import.meta.dirname, "..", "..");

/** Returns the path of the Next.js that is installed in `folder`. */
const nextOf = (folder: string) => join(folder, "node_modules/next/dist/bin/next");

export interface Server {
  origin: string;
  pid: number;
  /** Milliseconds from the start of the process to its first response. */
  startedIn: number;
  stop(signal?: NodeJS.Signals): Promise<void>;
}

interface Start {
  /** A program and its arguments. */
  command: [file: string, ...args: string[]];
  env: Record<string, string>;
  cwd?: string;
  /** The path that responds with `readyStatus` as soon as the server is ready. */
  readyPath: string;
  readyStatus?: number;
  port: number;
  /** The folder for a log file: writing log lines costs what it costs a real server. */
  folder: string;
}

/** Builds the Next.js project in `folder`, whose packages are in `modules`. */
export async function build(folder: string, modules = root): Promise<void> {
  const command: [string, ...string[]] = [process.execPath, nextOf(modules), "build"];
  const { code, output } = await runToEnd(command, {}, folder);
  if (code !== 0) throw new Error(`The build of ${folder} failed:\n${output}`);
}

interface NextOptions {
  /** A free one by default. */
  port?: number;
  /** Where the project's packages are. */
  modules?: string;
}

/** Starts `next start` for `project`, a folder. */
export async function startNext(
  project: string,
  env: Record<string, string>,
  { folder, readyPath, ...given }: Pick<Start, "readyPath" | "folder"> & NextOptions,
): Promise<Server> {
  const { port = await freePort(), modules = root } = given;
  return start({
    command: [process.execPath, nextOf(modules), "start", "-p", `${port}`, "-H", "127.0.0.1"],
    cwd: project,
    env: { NODE_ENV: "production", APP_URL: `http://127.0.0.1:${port}`, ...env },
    readyPath,
    port,
    folder,
  });
}

/** Starts a server and waits until it is ready. */
export async function start(options: Start): Promise<Server> {
  const { command, env, cwd = root, readyPath, readyStatus = 200, port, folder } = options;
  const log = join(folder, `server-${randomName()}.log`);
  const out = openSync(log, "w");
  const began = performance.now();
  const [file, ...args] = command;
  const child = spawn(file, args, { cwd, env: inherited(env), stdio: ["ignore", out, out] });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file} cannot be started.`);
  running.add(child);
  const origin = `http://127.0.0.1:${port}`;
  const server: Server = {
    origin,
    pid,
    startedIn: Number.NaN,
    stop: (signal) => end(child, signal),
  };
  for (let tries = 0; tries < 3000; tries += 1) {
    if (child.exitCode !== null) break;
    const ready = await fetch(origin + readyPath).then(
      ({ status }) => status === readyStatus,
      () => false,
    );
    if (ready) return { ...server, startedIn: performance.now() - began };
    await sleep(10);
  }
  await server.stop();
  throw new Error(`A server did not start:\n${readFileSync(log, "utf8")}`);
}

/** Runs a program to its end; returns its exit code and its output. */
export async function runToEnd(
  [file, ...args]: [file: string, ...args: string[]],
  env: Record<string, string | undefined>,
  cwd = root,
): Promise<{ code: number; output: string }> {
  const child = spawn(file, args, { cwd, env: inherited(env), stdio: ["ignore", "pipe", "pipe"] });
  running.add(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, "close");
  running.delete(child);
  return { code: code ?? 1, output };
}

/** Processes that end with the bench, for whatever reason it ends. */
const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

async function end(child: ChildProcess, signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
  running.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill(signal);
  const impatient = setTimeout(() => child.kill("SIGKILL"), 10_000);
  await ended;
  clearTimeout(impatient);
}

/** Keeps this shell's own settings away from what the bench measures. */
function inherited(env: Record<string, string | undefined>): NodeJS.ProcessEnv {
  const { PATH = "", HOME = "" } = process.env;
  return { PATH, HOME, NEXT_TELEMETRY_DISABLED: "1", NODE_ENV: "production", ...env };
}
