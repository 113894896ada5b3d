/** Builds the project as Vercel does, with Vercel's own builder and without an account. */
import { AsyncLocalStorage } from "node:async_hooks";
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../support/server.ts";

/** The newest version that installs: later ones depend on packages that do not exist. */
const cli = "vercel@60.1.3";

const root = join(import.meta.dirname, "..", "..");
const link = join(root, ".vercel", "project.json");

/** The settings of a project imported from Git, but without a second installation. */
const project = {
  projectId: "prj_local",
  orgId: "team_local",
  settings: { framework: "nextjs", nodeVersion: "24.x", installCommand: "node --version" },
};

export interface BuiltFunction {
  /** The routes it serves, without a leading slash. */
  routes: string[];
  runtime: string;
  /** Its files: from the path inside the function to the path on this machine. */
  files: Map<string, string>;
  /** Bytes, unpacked. */
  size: number;
}

/** Builds into `output`; `settings` are the project's environment variables. */
export function buildForVercel(output: string, settings: Record<string, string>) {
  const linked = existsSync(link);
  if (!linked) {
    mkdirSync(dirname(link), { recursive: true });
    writeFileSync(link, JSON.stringify(project));
  }
  try {
    const build = ["vercel", "build", "--token", "none", "--yes", "--output", output];
    const npm = ["exec", "--yes", "--ignore-scripts", `--package=${cli}`, "--", ...build];
    const env = { ...process.env, VERCEL_TELEMETRY_DISABLED: "1", ...settings };
    const built = spawnSync("npm", npm, { cwd: root, env, encoding: "utf8" });
    if (built.status !== 0) throw new Error(`${built.stdout}\n${built.stderr}`);
  } finally {
    if (!linked) rmSync(dirname(link), { recursive: true });
  }
}

/** Reads the functions of a build; one that serves several routes appears once. */
export function readFunctions(output: string): BuiltFunction[] {
  const folders = new Map<string, string[]>();
  const functions = join(output, "functions");
  for (const entry of readdirSync(functions, { recursive: true, encoding: "utf8" })) {
    if (!entry.endsWith(".func")) continue;
    const folder = realpathSync(join(functions, entry));
    folders.set(folder, [...(folders.get(folder) ?? []), entry.slice(0, -".func".length)]);
  }
  return [...folders].map(([folder, routes]) => {
    const config = JSON.parse(readFileSync(join(folder, ".vc-config.json"), "utf8"));
    const files = new Map<string, string>();
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      if (statSync(join(folder, file)).isFile()) files.set(file, join(folder, file));
    }
    for (const [inside, from] of Object.entries<string>(config.filePathMap ?? {})) {
      files.set(inside, join(root, from));
    }
    const size = [...files.values()].reduce((sum, file) => sum + statSync(file).size, 0);
    return { routes, runtime: config.runtime, files, size };
  });
}

/** Runs one function from a copy that has its own files and no others. */
export async function serveFunction(built: BuiltFunction, settings: Record<string, string>) {
  const folder = temporaryFolder();
  for (const [inside, from] of built.files) {
    cpSync(from, join(folder.path, inside), { recursive: true, verbatimSymlinks: true });
  }
  const server = join(import.meta.dirname, "serve-function.cjs");
  const child = spawn(process.execPath, [server, folder.path], {
    env: { PATH: process.env.PATH, NODE_ENV: "production", VERCEL: "1", ...settings },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = await once(child.stdout, "data");
  const url = String(chunk).trim().split("\n").at(-1) ?? "";
  return {
    url,
    async stop() {
      child.kill();
      await once(child, "exit");
      folder.remove();
    },
  };
}

/**
 * Loads an edge function into the edge runtime that Next ships. It has no Node.js APIs, and its
 * environment is `settings` alone: no NODE_ENV, as on Vercel.
 */
export function loadEdgeFunction({ files }: BuiltFunction, settings: Record<string, string>) {
  const { EdgeRuntime } = createRequire(import.meta.url)("next/dist/compiled/edge-runtime");
  const runtime = new EdgeRuntime({
    extend: (context: object) =>
      Object.assign(context, {
        process: { env: { VERCEL: "1", ...settings } },
        AsyncLocalStorage,
        require: () => ({ AsyncLocalStorage }),
      }),
  });
  const code = readFileSync(files.get("index.js") ?? "", "utf8");
  // The runtime evaluates scripts, and the function is a module with one export.
  runtime.evaluate(code.replace(/^\s*export default /m, "globalThis.handle = "));
  return (url: string, headers: Record<string, string> = {}): Promise<Response> => {
    const { Request, handle } = runtime.context;
    return handle(new Request(url, { headers }), { waitUntil() {} });
  };
}
