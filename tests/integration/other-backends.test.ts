import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { clockAhead, run, type Server, secret, startServer } from "../support/server.ts";
import { Browser } from "./browser.ts";

const modules = "import django, rest_framework, rest_framework_simplejwt, jwt, cryptography";
/** The Python on the PATH, or else the system's own: the first that has Django. */
const python = ["python3", "/usr/bin/python3"].find(
  (command) => spawnSync(command, ["-c", modules]).status === 0,
);

const backends = [
  { name: "plain Node with jose", file: "node.mjs", command: process.execPath, here: true },
  {
    name: "Django with simplejwt",
    file: "django_api.py",
    command: python ?? "",
    here: python !== undefined,
  },
];

let database: TestDatabase;
let ours: Server;
let other: Server;
const issuer = "http://localhost:3000";

beforeAll(async () => {
  database = await newDatabase();
  const common = { AUTH_SECRET: secret, DATABASE_URL: database.url, ACCESS_TOKEN_LIFETIME: "1200" };
  ours = await startServer({ ...common, APP_URL: issuer });
  // The same keys, for another public origin: its tokens have another audience.
  other = await startServer({ ...common, APP_URL: "http://localhost:3001" });
});

afterAll(async () => {
  await ours?.stop("SIGKILL");
  await other?.stop("SIGKILL");
  await database?.remove();
});

/** Starts the backend; `ask` returns status and body of its response to a token. */
async function startBackend({ command, file }: { command: string; file: string }) {
  const script = join(import.meta.dirname, "..", "support", "backends", file);
  const jwks = `${ours.url}/.well-known/jwks.json`;
  const child = spawn(command, [script, issuer, jwks], { stdio: ["ignore", "pipe", "inherit"] });
  const [port] = await once(child.stdout, "data");
  return {
    async ask(token?: string): Promise<[number, string]> {
      const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
      const response = await fetch(`http://127.0.0.1:${String(port).trim()}/`, { headers });
      const body = await response.text();
      return [response.status, response.ok ? body : ""];
    },
    async stop() {
      child.kill();
      await once(child, "exit");
    },
  };
}

/** Returns the token with a signature that is well-formed but wrong. */
function forged(token: string): string {
  const [header, payload, signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  return [header, payload, bytes.toString("base64url")].join(".");
}

describe.each(backends)("$name", ({ name, here, ...how }) => {
  test("accepts our tokens for their user, and no others", async (t) => {
    if (!here) t.skip(`${name} is not installed on this machine.`);
    const { access_token: token, user } = await new Browser(ours.url).signUp();
    const foreign = (await new Browser(other.url).signUp()).access_token;
    // This server's clock is an hour behind, so its tokens have expired.
    const settings = { AUTH_SECRET: secret, DATABASE_URL: database.url, APP_URL: issuer };
    const past = await startServer({ ...settings, ...clockAhead(-3600) });
    const expired = (await new Browser(past.url).signUp()).access_token;
    await past.stop("SIGKILL");

    const backend = await startBackend(how);
    try {
      expect(await backend.ask(token)).toEqual([200, user.id]);
      expect(await backend.ask()).toEqual([401, ""]);
      expect(await backend.ask(forged(token))).toEqual([401, ""]);
      expect(await backend.ask(foreign)).toEqual([401, ""]);
      expect(await backend.ask(expired)).toEqual([401, ""]);
    } finally {
      await backend.stop();
    }
  });
});

test("a rotated key is published before it signs, and both keys' tokens are valid meanwhile", async () => {
  const settings = { AUTH_SECRET: secret, DATABASE_URL: database.url, APP_URL: issuer };
  const browser = new Browser(ours.url);
  const { access_token: before } = await browser.signUp();
  const { code, output } = await run("scripts/rotate-keys.ts", settings);
  expect([code, output]).toEqual([0, expect.stringMatching(/^Made key /)]);

  // This server's clock is eleven minutes ahead, when the new key signs.
  const later = await startServer({
    ...settings,
    ...clockAhead(660),
    ACCESS_TOKEN_LIFETIME: "1200",
  });
  try {
    const { access_token: after } = await new Browser(later.url).signUp();
    const kid = (token: string) => JSON.parse(atob(token.split(".")[0] ?? "")).kid;
    expect(kid(after)).not.toBe(kid(before));
    browser.origin = later.url;
    expect((await browser.get("/api/ping", { token: before })).status).toBe(200);
    expect((await browser.get("/api/ping", { token: after })).status).toBe(200);
    const { keys } = await (await fetch(`${later.url}/.well-known/jwks.json`)).json();
    const published = keys.map((key: { kid: string }) => key.kid);
    expect(published).toEqual(expect.arrayContaining([kid(before), kid(after)]));
  } finally {
    await later.stop("SIGKILL");
  }
});
