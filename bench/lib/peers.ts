/** Installs, builds and starts the systems in bench/peers, which the bench also measures. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { freePort } from "../../tests/support/server.ts";
import { versionsOf } from "./machine.ts";
import { secret } from "./seeds.ts";
import { build, root, runToEnd, type Server, start, startNext } from "./servers.ts";

const peers = join(root, "bench/peers");

/** The Python that may have Django. */
const python = process.env.PYTHON ?? "/usr/bin/python3";

/** Starts every peer that this machine has or can install; returns them by subject name. */
export async function startPeers(folder: string, builds: boolean): Promise<Record<string, Server>> {
  if (!existsSync(join(peers, "node_modules"))) await install();
  const started: Record<string, Server> = {};
  for (const name of ["better-auth", "next-auth"]) {
    const project = join(peers, name);
    if (builds) await build(project, peers);
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const auth = { APP_URL: url, AUTH_SECRET: secret, NEXTAUTH_URL: url, NEXTAUTH_SECRET: secret };
    const env = { ...auth, DATABASE_FILE: join(folder, `${name}.db`) };
    started[name] = await startNext(project, env, { readyPath: "/", folder, port, modules: peers });
  }
  const django = await startDjango(folder);
  return django ? { ...started, simplejwt: django } : started;
}

export function peerVersions(): Record<string, string> {
  return versionsOf(join(peers, "node_modules"), ["better-auth", "next-auth"]);
}

async function install(): Promise<void> {
  const quiet = ["--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund"];
  // next-auth works with the newest Next, but does not yet allow it as a peer dependency.
  const args = ["install", "--legacy-peer-deps", "--loglevel=error", ...quiet];
  // With this shell's own environment, which may configure the registry.
  const { code, output } = await runToEnd(["npm", ...args], process.env, peers);
  if (code !== 0) throw new Error(`The peers cannot be installed:\n${output}`);
}

/** Starts a worker per core. If Django is missing, says so and returns undefined. */
async function startDjango(folder: string): Promise<Server | undefined> {
  const needed = "import django, rest_framework_simplejwt, gunicorn";
  if (spawnSync(python, ["-c", needed]).status !== 0) {
    console.log("\nWithout Django: it, simplejwt and gunicorn are not installed here.");
    return undefined;
  }
  const cwd = join(peers, "simplejwt");
  const env = {
    AUTH_SECRET: secret,
    DATABASE_FILE: join(folder, "simplejwt.db"),
    PYTHONDONTWRITEBYTECODE: "1",
  };
  const { code, output } = await runToEnd([python, "app.py"], env, cwd);
  if (code !== 0) throw new Error(`Django is not ready:\n${output}`);
  const port = await freePort();
  const workers = ["-w", `${availableParallelism()}`, "-k", "gthread", "--threads", "8"];
  const bind = ["-b", `127.0.0.1:${port}`, "--keep-alive", "60"];
  return start({
    command: [python, "-m", "gunicorn", ...workers, ...bind, "app:application"],
    env,
    cwd,
    readyPath: "/me",
    // Ready as soon as it refuses a request without a token.
    readyStatus: 401,
    port,
    folder,
  });
}
