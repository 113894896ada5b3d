/** Real servers of the production build, each on a port of its own. */
import { spawn } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const secret = "a secret for the integration tests";

export interface Server {
  url: string;
  /** Everything that the server has written to its standard output and error. */
  output(): string;
  /** Sends `signal` (SIGTERM by default) and waits until the process has ended. */
  stop(signal?: NodeJS.Signals): Promise<void>;
}

type Settings = Record<string, string>;

/** Creates a temporary folder, which the caller removes. */
export function temporaryFolder() {
  const path = mkdtempSync(join(tmpdir(), "latchkey-"));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Starts a server and waits until it is healthy. `settings` are environment variables. */
export async function startServer(settings: Settings, { migrate = true } = {}): Promise<Server> {
  const elsewhere = Boolean(settings.NEXT_PUBLIC_API_HOST) && !settings.DATABASE_URL;
  if (migrate && !elsewhere) await run("scripts/migrate.ts", settings);
  const port = Number(settings.PORT) || (await freePort());
  const url = settings.APP_URL ?? `http://localhost:${port}`;
  // `next start` itself, so that SIGKILL ends the server and not a process in front of it.
  const start = ["node_modules/next/dist/bin/next", "start", "-H", "localhost", "-p", `${port}`];
  // The cookies of an https origin, which this is not: Node.js and Chromium keep them on localhost.
  const cookies = { JWT_COOKIE_SECURE: "true" };
  const { child, output } = launch(start, { APP_URL: url, ...cookies, ...settings });
  const address = `http://localhost:${port}`;
  for (let tries = 0; tries < 300; tries += 1) {
    if (child.exitCode !== null) throw new Error(`The server did not start:\n${output()}`);
    // Pages whose API is elsewhere have no database, so /api/health would fail.
    const healthy = await fetch(address + (elsewhere ? "/icon.svg" : "/api/health")).then(
      (response) => response.ok,
      () => false,
    );
    if (healthy) {
      const stop = async (signal: NodeJS.Signals = "SIGTERM") => {
        if (child.exitCode !== null || child.signalCode !== null) return;
        const ended = once(child, "exit");
        child.kill(signal);
        await ended;
      };
      return { url: address, output, stop };
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  child.kill("SIGKILL");
  throw new Error(`The server did not become healthy:\n${output()}`);
}

/** Settings of a server whose clock is ahead of this machine's, or behind it if `seconds` < 0. */
export function clockAhead(seconds: number): Settings {
  const preload = join(import.meta.dirname, "clock-ahead.mjs");
  return { NODE_OPTIONS: `--import=${preload}`, CLOCK_AHEAD: String(seconds) };
}

/** Runs a script of the project to its end; returns its exit code and its output. */
export async function run(
  script: string,
  settings: Settings,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  return runWithInput("", script, settings, ...args);
}

/** As `run`, for a script that reads `input` from standard input. */
export async function runWithInput(
  input: string | Uint8Array,
  script: string,
  settings: Settings,
  ...args: string[]
): Promise<{ code: number; output: string }> {
  const { child, output } = launch([script, ...args], settings);
  child.stdin.end(input);
  const [code] = await once(child, "close");
  return { code, output: output() };
}

function launch(args: string[], settings: Settings) {
  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, args, {
    env: { PATH, HOME, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1", ...settings },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  return { child, output: () => text };
}

export const randomName = () => randomBytes(6).toString("hex");

/**
 * Returns a free port below the range for outgoing connections (from 32,768 on Linux, 49,152
 * elsewhere). The system could assign a port of that range before the server listens, even to a
 * client that polls for the server, which would then connect to itself.
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(randomInt(20_000, 32_768));
  try {
    await once(server, "listening");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EADDRINUSE") return freePort();
    throw error;
  }
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}
