/**
 * Makes a bare clone ready: dependencies, and a Node.js that is new enough. Runs under whatever
 * Node started it, so it uses nothing newer than Node 20 and nothing that has to be installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What the packages ask for; better-sqlite3 crashes under older ones. */
const oldest = [22, 13];

/** The major version to fetch where Node.js is too old. */
const fetched = "24";

const modules = join(root, "node_modules");

/** Installs what is missing and answers the Node.js executable to go on with. */
export function bootstrap() {
  const fetchedNode = join(modules, nodePackage(), "bin", basename(process.execPath));
  // When this very process runs under the fetched one, the system's own is the one that is too old.
  const tooOld = process.execPath === fetchedNode || !isNewEnough(process.versions.node);
  const node = tooOld ? fetchedNode : process.execPath;

  const installed = join(modules, ".package-lock.json");
  const wanted = join(root, "package-lock.json");
  const stale = !existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs;
  if (stale || !existsSync(node)) {
    if (tooOld) console.log(`This Node is too old; fetching Node ${fetched} for this project.`);
    console.log("Installing what is missing …");
    // Not `npm ci`: the lock file may lack another platform's optional binaries, and `install`
    // adds what this platform needs. It keeps to the lock, and does not change it.
    npm(["install", "--no-save", ...(tooOld ? [`${nodePackage()}@${fetched}`] : [])]);
  }
  return node;
}

/** The npm package with the Node.js binary of this platform; `node` on npm is made of these. */
function nodePackage() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  return `${prefix}-${platform}-${process.arch}`;
}

/** The environment in which installed commands, and the right `node`, are found first. */
export function environment(extra = {}) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const path = [join(modules, ".bin"), process.env[name]].filter(Boolean).join(delimiter);
  return { ...process.env, [name]: path, ...extra };
}

function isNewEnough(version) {
  const [major = 0, minor = 0] = version.split(".").map(Number);
  return major > oldest[0] || (major === oldest[0] && minor >= oldest[1]);
}

function npm(args) {
  // No install script of any package is needed, so none is run.
  const all = [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  // npm tells its scripts where it is; started without it, it is on the PATH.
  const cli = process.env.npm_execpath;
  const options = { cwd: root, stdio: "inherit" };
  const result = cli?.endsWith("js")
    ? spawnSync(process.execPath, [cli, ...all], options)
    : spawnSync("npm", all, { ...options, shell: process.platform === "win32" });
  if (result.status !== 0) {
    console.error(`npm ${args[0]} failed; see above.`);
    process.exit(1);
  }
}
