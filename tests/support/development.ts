/** A real `npm run dev`, on a copy of the project that a test may change. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { randomName, secret } from "./server.ts";

const root = join(import.meta.dirname, "..", "..");

/** What the development server reads; of files, all at the top. */
const folders = ["app", "db", "lib", "scripts/lib"];

export interface Development {
  /** The folder of the copy. */
  folder: string;
  /** Everything that the server has written to its standard output and error. */
  output(): string;
  /** Stops the server and removes the copy. */
  stop(): Promise<void>;
}

/**
 * Runs scripts/dev.mjs with `args` until it is ready. The copy lies inside the project, because
 * Turbopack reads nothing outside the folder of its packages.
 */
export async function startDevelopment(...args: string[]): Promise<Development> {
  const folder = join(root, "test-results", `development-${randomName()}`);
  mkdirSync(folder, { recursive: true });
  for (const name of folders) cpSync(join(root, name), join(folder, name), { recursive: true });
  for (const entry of readdirSync(root, { withFileTypes: true })) {
    if (entry.isFile() && !/^\.(env|git)/.test(entry.name)) {
      cpSync(join(root, entry.name), join(folder, entry.name));
    }
  }
  cpSync(join(root, "scripts", "dev.mjs"), join(folder, "scripts", "dev.mjs"));
  symlinkSync(join(root, "node_modules"), join(folder, "node_modules"));

  const { PATH = "", HOME = "" } = process.env;
  const child = spawn(process.execPath, ["scripts/dev.mjs", ...args], {
    cwd: folder,
    env: {
      PATH,
      HOME,
      NODE_ENV: "development",
      AUTH_SECRET: secret,
      NEXT_TELEMETRY_DISABLED: "1",
    },
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      text += chunk;
    });
  }
  const stop = async () => {
    await end(child);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  for (let tries = 0; tries < 600 && child.exitCode === null; tries += 1) {
    if (text.includes("Ready in")) return { folder, output: () => text, stop };
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await stop();
  throw new Error(`The development server did not start:\n${text}`);
}

async function end(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  await ended;
}
