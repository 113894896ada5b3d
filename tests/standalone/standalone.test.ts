/**
 * The Dockerfile's image without Docker: its build, its files in an empty folder, and its commands,
 * as an unprivileged user (case: payloadcms/payload#10484).
 */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, chownSync, cpSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Browser } from "../integration/browser.ts";
import { freePort, secret, temporaryFolder } from "../support/server.ts";

const root = join(import.meta.dirname, "..", "..");
const dockerfile = readFileSync(join(root, "Dockerfile"), "utf8");
const [buildStage = "", finalStage = ""] = dockerfile.split(/^FROM .*$/m).slice(1);

/** Debian's "nobody". Root, as whom containers run tests, would hide what a user may not do. */
const unprivileged = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

const image = temporaryFolder();
const app = join(image.path, "app");
const data = join(image.path, "data");
let server: ChildProcess;
let environment: NodeJS.ProcessEnv;
let output = "";

beforeAll(async () => {
  const build = join("node_modules", "next", "dist", "bin", "next");
  const { PATH = "", HOME = "" } = process.env;
  const built = spawnSync(process.execPath, [build, "build"], {
    cwd: root,
    env: { PATH, HOME, NODE_ENV: "production", ...variables(buildStage) },
    encoding: "utf8",
  });
  expect(built.status, built.stdout + built.stderr).toBe(0);
  for (const [, from = "", to = ""] of finalStage.matchAll(
    /^COPY --from=build \/app\/(\S+) (\S+)$/gm,
  )) {
    cpSync(join(root, from), join(app, to), { recursive: true, verbatimSymlinks: true });
  }
  // The Node.js of these tests may lie where only root can read it.
  cpSync(process.execPath, join(image.path, "node"));
  mkdirSync(data);
  chmodSync(image.path, 0o755);
  spawnSync("chmod", ["-R", "a+rX", app]);
  if (unprivileged.uid) chownSync(data, unprivileged.uid, unprivileged.gid);

  environment = {
    ...variables(finalStage),
    NODE_ENV: "production",
    PORT: String(await freePort()),
    DATABASE_URL: `file:${join(data, "auth.db")}`,
    AUTH_SECRET: secret,
  };
  environment.APP_URL = `http://localhost:${environment.PORT}`;
  server = run(command("CMD"));
  for (const stream of [server.stdout, server.stderr]) {
    stream?.on("data", (chunk) => {
      output += chunk;
    });
  }
});

afterAll(async () => {
  if (server?.exitCode === null) {
    server.kill("SIGKILL");
    await once(server, "exit");
  }
  image.remove();
});

/** The variables that a stage of the Dockerfile sets. */
function variables(stage: string): Record<string, string> {
  const lines = [...stage.matchAll(/^ENV (.+)$/gm)].map(([, line = ""]) => line);
  return Object.fromEntries(
    lines
      .join(" ")
      .split(" ")
      .map((pair) => pair.split("=")),
  );
}

/** A command of the last stage, in its JSON form. */
function command(instruction: "CMD" | "HEALTHCHECK"): string[] {
  const line = finalStage.split("\n").find((text) => text.startsWith(instruction)) ?? "";
  return JSON.parse(line.slice(line.indexOf("[")));
}

function run([, ...args]: string[]): ChildProcess {
  return spawn(join(image.path, "node"), args, { cwd: app, env: environment, ...unprivileged });
}

test("its health check passes once it serves", async () => {
  let code: number | null = 1;
  for (let tries = 0; tries < 60 && code !== 0; tries += 1) {
    expect(server.exitCode, output).toBeNull();
    [code] = await once(run(command("HEALTHCHECK")), "exit");
  }
  expect(code, output).toBe(0);
});

test("its pages come with their scripts and styles", async () => {
  const origin = environment.APP_URL ?? "";
  const page = await fetch(`${origin}/signup`);
  expect(page.status).toBe(200);
  const assets = [...(await page.text()).matchAll(/(?:src|href)="(\/_next\/static\/[^"]+)"/g)];
  expect(assets.length).toBeGreaterThan(2);
  for (const [, path] of assets) expect((await fetch(origin + path)).status, path).toBe(200);
});

test("a person signs up, is signed in, and signs out", async () => {
  const browser = new Browser(environment.APP_URL ?? "");
  const { access_token } = await browser.signUp();
  expect((await browser.get("/api/ping", { token: access_token })).status).toBe(200);
  expect((await browser.refresh()).status).toBe(200);
  expect((await browser.post("/api/auth/logout")).status).toBe(204);
  expect((await browser.get("/api/ping", { token: access_token })).status).toBe(401);
});

test("the server is an unprivileged user, and its files belong to another", () => {
  const user = finalStage.indexOf("\nUSER node\n");
  expect(user).toBeGreaterThan(finalStage.lastIndexOf("\nCOPY "));
  expect(finalStage.indexOf("\nCMD ")).toBeGreaterThan(user);
  expect(finalStage).not.toContain("--chown");
});

test("it stops on SIGTERM, as containers are stopped", async () => {
  const ended = once(server, "exit");
  server.kill("SIGTERM");
  const [code, signal] = await ended;
  expect(signal === null || signal === "SIGTERM").toBe(true);
  expect([0, 143, null]).toContain(code);
});
