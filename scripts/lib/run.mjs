import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { environment, root } from "./bootstrap.mjs";

export const signals = ["SIGINT", "SIGTERM", "SIGHUP"];

/**
 * Runs `node …args` with this terminal, passes signals on, and returns the exit code. With `group`,
 * also ends the processes that it started and left behind (except on Windows).
 */
export async function run(node, args, { env, group = false } = {}) {
  const grouped = group && process.platform !== "win32";
  const child = spawn(node, args, {
    cwd: root,
    env: environment(env),
    // A group of its own runs in the background, where reading from the terminal would stop it.
    stdio: [grouped ? "ignore" : "inherit", "inherit", "inherit"],
    detached: grouped,
  });
  // Test runners clean up on SIGINT only.
  const pass = (signal) => (grouped ? endGroup(child.pid, "SIGINT") : child.kill(signal));
  for (const signal of signals) process.on(signal, pass);
  const stopWatching = watchNpm();
  try {
    return await new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("exit", (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
    });
  } finally {
    stopWatching();
    for (const signal of signals) process.off(signal, pass);
    if (grouped && child.pid) endGroup(child.pid, "SIGKILL");
  }
}

/** The JavaScript file of an installed command. On Windows `.bin` has shell scripts instead. */
export function command(packageName, name = packageName.split("/").at(-1)) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}

/** npm sends SIGTERM to the shell between it and this process, which ends without passing it on. */
function watchNpm() {
  if (!process.env.npm_lifecycle_event) return () => {};
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, 500);
  return () => clearInterval(timer);
}

function endGroup(leader, signal) {
  try {
    process.kill(-leader, signal);
  } catch (error) {
    if (error.code !== "ESRCH") throw error;
  }
}
