import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { runWithInput, type Server, secret, startServer } from "../support/server.ts";
import { Browser, problem } from "./browser.ts";

// SHA-1: BC5E5 095332DD43F79360BBE80D6094711B94888
const breached = "a password that leaked";
const [prefix, suffix] = ["BC5E5", "095332DD43F79360BBE80D6094711B94888"];
const ending = (n: number) => n.toString(16).toUpperCase().padStart(35, "0");

let database: TestDatabase;
let server: Server;
let settings: Record<string, string>;
let answer: RequestListener;
const asked: { url: string | undefined; padding: unknown }[] = [];
const service = createServer((request, response) => {
  asked.push({ url: request.url, padding: request.headers["add-padding"] });
  answer(request, response);
});

beforeAll(async () => {
  service.listen(0, "127.0.0.1");
  await once(service, "listening");
  const { port } = service.address() as AddressInfo;
  database = await newDatabase();
  settings = {
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
    BREACHED_PASSWORDS_URL: `http://127.0.0.1:${port}/range`,
  };
  server = await startServer(settings);
});

afterEach(() => {
  asked.length = 0;
});

afterAll(async () => {
  await server?.stop("SIGKILL");
  await database?.remove();
  service.closeAllConnections();
  service.close();
});

const lines = (...all: [string, number][]) => all.map(([end, n]) => `${end}:${n}`).join("\r\n");
const sendLines: (...all: [string, number][]) => RequestListener =
  (...all) =>
  (_, response) =>
    response.end(lines(...all));

let people = 0;
function signUp(password: string) {
  people += 1;
  const username = `person${people}`;
  const body = { username, email: `${username}@example.com`, password };
  return new Browser(server.url).post("/api/auth/signup", { body });
}

/** Returns what the server logs while `task` runs. */
async function logged(task: () => Promise<unknown>) {
  const before = server.output().length;
  await task();
  return server.output().slice(before);
}

test("a breached password is refused, and only five digits of its hash leave the server", async () => {
  answer = sendLines([ending(1), 3], [suffix, 12], [ending(2), 0]);
  const refused = await signUp(breached);
  const body = await refused.clone().json();
  expect(await problem(refused)).toEqual([422, "validation_failed"]);
  expect(body.errors).toEqual([{ path: "password", message: expect.stringMatching(/breach/) }]);
  expect(asked).toEqual([{ url: `/range/${prefix}`, padding: "true" }]);
});

test("a password that shares only the five digits is accepted, and so is one whose entry is padding", async () => {
  answer = sendLines([ending(1), 3], [ending(2), 0]);
  expect((await signUp(breached)).status).toBe(201);
  answer = sendLines([ending(1), 3], [suffix, 0]);
  expect((await signUp(breached)).status).toBe(201);
  expect(asked).toHaveLength(2);
});

test("the service is not asked about a password that our own rules refuse", async () => {
  answer = sendLines([suffix, 1]);
  for (const password of ["12345678", "short"]) expect((await signUp(password)).status).toBe(422);
  expect(asked).toEqual([]);
});

test("the command line asks the service, too", async () => {
  answer = sendLines([suffix, 1]);
  const args = ["create", "grace", "grace@example.com"];
  const refused = await runWithInput(`${breached}\n`, "scripts/user.ts", settings, ...args);
  expect(refused).toEqual({ code: 1, output: expect.stringMatching(/breach/) });
});

test.each<[string, RequestListener]>([
  ["hangs", () => {}],
  ["hangs in the middle", (_, response) => response.write(lines([ending(1), 3]))],
  ["fails", (_, response) => response.writeHead(500).end(lines([suffix, 9]))],
  ["limits requests", (_, response) => response.writeHead(429).end()],
  ["redirects", (_, response) => response.writeHead(302, { Location: "/range/" }).end()],
  ["closes the connection", (request) => request.socket.destroy()],
  ["returns a page", (_, response) => response.end("<!doctype html><title>Sign in</title>")],
  ["returns nothing", (_, response) => response.end()],
  ["returns garbage", (_, response) => response.end(Buffer.from([0xff, 0xfe, 0, 0x80]))],
  ["responds without end", (_, response) => void response.write(`${ending(1)}:3\n`.repeat(60_000))],
])(
  "a service that %s delays no sign-up for long, and the log says so without the digits",
  async (_, listener) => {
    answer = listener;
    const started = performance.now();
    let status = 0;
    const output = await logged(async () => {
      status = (await signUp(breached)).status;
    });
    expect(status).toBe(201);
    expect(performance.now() - started).toBeLessThan(2_500);
    expect(asked).toHaveLength(1);
    expect(output).toMatch(/"level":"warn".*breached-password service/);
    for (const word of [prefix, prefix.toLowerCase(), breached, suffix]) {
      expect(output).not.toContain(word);
    }
  },
);
