/**
 * Prepares a clone: a Node.js that is new enough, and the packages of package-lock.json.
 * Runs under the Node.js that started it, so it needs no more than Node 20 and no package.
 */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findMissing } from "./installed.mjs";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** An npm project of its own, whose only package is Node.js: `npm ci` checks its hash. */
const nodeFolder = join(root, "scripts", "node");

/** The scripts are TypeScript, which Node.js runs from 22.18 on; so does every package. */
const isNewEnough = Boolean(process.features.typescript);

const tooOld = `Node.js ${process.versions.node} is too old.`;

/** The Node.js to run everything else with. */
const node = isNewEnough ? process.execPath : fetchedNode();

/** Installs what is missing. Returns the path of the Node.js to go on with. */
export function bootstrap() {
  if (!isNewEnough && (findMissing(nodeFolder, { dev: true }) || !runs(node))) {
    console.log(`${tooOld} Fetching a newer one for this project …`);
    installByLock(nodeFolder);
    // For npm it is no failure when an optional package cannot be fetched or has another hash.
    if (!runs(node)) {
      stop("It cannot be fetched, or does not run here. Install Node.js 24: https://nodejs.org");
    }
  }
  if (findMissing(root, { dev: true })) {
    console.log("Installing the packages of package-lock.json …");
    installByLock(root);
  }
  return node;
}

/** Installs nothing: if something is missing, says which command does, and exits. */
export function requireInstalled() {
  if (!existsSync(node)) {
    stop(`${tooOld} Run \`npm run setup\`, or install Node.js 24: https://nodejs.org`);
  }
  const missing = findMissing(root, { dev: false });
  if (missing) {
    stop(`${missing} is missing, or is not the version of package-lock.json. Run \`npm ci\`.`);
  }
  return node;
}

/** The environment in which the right `node` and the installed commands are found first. */
export function environment(extra = {}) {
  const name = Object.keys(process.env).find((key) => key.toUpperCase() === "PATH") ?? "PATH";
  const places = [join(root, "node_modules", ".bin"), dirname(node), process.env[name]];
  return { ...process.env, [name]: places.filter(Boolean).join(delimiter), ...extra };
}

function fetchedNode() {
  const platform = process.platform === "win32" ? "win" : process.platform;
  const prefix = platform === "darwin" && process.arch === "arm64" ? "node-bin" : "node";
  const name = `${prefix}-${platform}-${process.arch}`;
  const file = process.platform === "win32" ? "node.exe" : "node";
  return join(nodeFolder, "node_modules", name, "bin", file);
}

function runs(file) {
  return spawnSync(file, ["--version"]).status === 0;
}

function installByLock(folder) {
  // NODE_ENV=production leaves out what development needs, and a build needs that too.
  const what = ["--include=dev", "--include=optional", "--ignore-scripts"];
  const args = ["ci", ...what, "--no-audit", "--no-fund", "--loglevel=error"];
  // npm tells its scripts where it is; started without it, it is on the PATH.
  const { npm_execpath: cli } = process.env;
  const options = { cwd: folder, stdio: "inherit" };
  const { status } = cli?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [cli, ...args], options)
    : spawnSync("npm", args, { ...options, shell: process.platform === "win32" });
  if (status !== 0) stop("`npm ci` failed; see above. It takes npm 10 or newer.");
}

function stop(message) {
  console.error(message);
  process.exit(1);
}
