/**
 * Makes a bare clone ready: dependencies, and a Node.js that is new enough. Runs under whatever
 * Node started it, so it uses nothing newer than Node 20 and nothing that has to be installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What the packages ask for; better-sqlite3 crashes under older ones. */
const oldest = [22, 13];

/** The npm package `node` brings a real Node.js; this is its major version. */
const fetched = "24";

const binaries = join(root, "node_modules", ".bin");

/** Installs what is missing and answers the Node.js executable to go on with. */
export function bootstrap() {
  const installed = join(root, "node_modules", ".package-lock.json");
  const wanted = join(root, "package-lock.json");
  if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs) {
    // Not `npm ci`: the lock file may lack another platform's optional binaries, and `install`
    // adds what this platform needs. It keeps to the lock, and does not change it.
    npm("Installing the dependencies", ["install", "--no-save", "--ignore-scripts"]);
  }
  return suitableNode();
}

/** The environment in which installed commands, and the right `node`, are found first. */
export function environment(extra = {}) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const path = [binaries, process.env[name]].filter(Boolean).join(delimiter);
  return { ...process.env, [name]: path, ...extra };
}

function suitableNode() {
  if (isNewEnough(process.versions.node)) return process.execPath;
  const executable = process.platform === "win32" ? "node.exe" : "node";
  const path = join(root, "node_modules", "node", "bin", executable);
  if (!existsSync(path)) {
    const why = `Node ${process.versions.node} is too old; fetching Node ${fetched} for this project`;
    // Its install script links the binary for this platform into place.
    npm(why, [
      "install",
      "--no-save",
      "--no-package-lock",
      "--ignore-scripts=false",
      `node@${fetched}`,
    ]);
  }
  return path;
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function npm(why, args) {
  console.log(`${why} …`);
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  // npm tells its scripts where it is; started without it, it is on the PATH.
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: "inherit" };
  const result = cli?.endsWith("js")
    ? spawnSync(process.execPath, [cli, ...args, ...quiet], options)
    : spawnSync("npm", [...args, ...quiet], { ...options, shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(`npm ${args[0]} failed; see above.`);
    process.exit(1);
  }
}
