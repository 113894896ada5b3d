/**
 * Makes a bare clone ready: dependencies, and a Node.js that is new enough. Runs under whatever
 * Node started it, so it uses nothing newer than Node 20 and nothing that has to be installed.
 */
import { spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { basename, delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "..", "..");

/** What to fetch where Node.js is too old; a range, as not every platform has every version. */
const fetched = "24";

/** Older ones leave out what the lock file lacks for a platform (github.com/npm/cli/issues/8320). */
const oldestNpm = 11;

const modules = join(root, "node_modules");

/** Installs what is missing and answers the Node.js executable to go on with. */
export function bootstrap() {
  const fetchedNode = join(modules, nodePackage(), "bin", basename(process.execPath));
  // When this very process runs under the fetched one, the system's own is the one that is too old.
  const tooOld = process.execPath === fetchedNode || !runsTypeScript();
  const node = tooOld ? fetchedNode : process.execPath;

  const installed = join(modules, ".package-lock.json");
  const wanted = join(root, "package-lock.json");
  const stale = !existsSync(installed) || statSync(installed).mtimeMs < statSync(wanted).mtimeMs;
  if (stale || !existsSync(node)) {
    if (tooOld) console.log(`This Node is too old; fetching Node ${fetched} for this project.`);
    console.log("Installing what is missing …");
    install(tooOld ? [`${nodePackage()}@${fetched}`] : []);
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

/** As the scripts need; from 22.18 on, which is also enough for every package. */
function runsTypeScript() {
  return Boolean(process.features.typescript);
}

/** Installs by the lock file, and these packages besides; changes no file of the project. */
function install(packages) {
  // Not `npm ci`: the lock file may lack another platform's optional binaries, which `install`
  // adds. No install script of any package is needed, so none is run.
  const how = ["--no-save", "--include=dev", "--ignore-scripts"];
  const quiet = ["--no-audit", "--no-fund", "--loglevel=error"];
  const args = ["install", ...packages, ...how, ...quiet];
  // npm tells its scripts where and what it is; started without it, it is on the PATH.
  const { npm_execpath: cli, npm_config_user_agent: agent = "" } = process.env;
  const isNewEnough = Number(/^npm\/(\d+)/.exec(agent)?.[1]) >= oldestNpm;
  const fetchNpm = ["exec", "--yes", `--package=npm@${oldestNpm}`, "--", "npm"];
  const all = isNewEnough ? args : [...fetchNpm, ...args];
  const options = { cwd: root, stdio: "inherit" };
  const { status } = cli?.endsWith("npm-cli.js")
    ? spawnSync(process.execPath, [cli, ...all], options)
    : spawnSync("npm", all, { ...options, shell: process.platform === "win32" });
  if (status === 0) return;
  const help =
    packages.length > 0 ? ` Or install Node ${fetched} yourself: https://nodejs.org` : "";
  console.error(`npm install failed; see above.${help}`);
  process.exit(1);
}
