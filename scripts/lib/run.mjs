import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { environment, root } from "./bootstrap.mjs";

/**
 * Runs `node …args` with this terminal and answers its exit code; signals are passed on, so that
 * nothing is left running.
 */
export function run(node, args, extraEnvironment) {
  const child = spawn(node, args, {
    cwd: root,
    stdio: "inherit",
    env: environment(extraEnvironment),
  });
  const pass = (signal) => child.kill(signal);
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) process.on(signal, pass);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", (code) => {
      for (const signal of signals) process.off(signal, pass);
      resolve(code ?? 1);
    });
  });
}

/** The JavaScript file behind an installed command: `.bin` has shell scripts on Windows. */
export function command(packageName, name = packageName.split("/").at(-1)) {
  const folder = join(root, "node_modules", packageName);
  const { bin } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  return join(folder, typeof bin === "string" ? bin : bin[name]);
}
