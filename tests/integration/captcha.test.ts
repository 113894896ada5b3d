import { once } from "node:events";
import { createServer, type Server as HttpServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

/** Speaks the protocol that Turnstile, hCaptcha and reCAPTCHA share; accepts one solution. */
let provider: HttpServer;
const asked: string[] = [];
type Answer = "verdict" | "error" | "nothing" | "refusal" | "page" | "redirect" | "hang-up";
let answer: Answer = "verdict";

let database: TestDatabase;
let server: Server;

beforeAll(async () => {
  provider = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    asked.push(body);
    if (answer === "nothing") return;
    if (answer === "hang-up") {
      request.destroy();
      return;
    }
    if (answer === "refusal" || answer === "page") {
      response.writeHead(answer === "page" ? 200 : 403, { "Content-Type": "text/html" });
      response.end("<h1>Blocked</h1>");
      return;
    }
    if (answer === "redirect") {
      response.writeHead(302, { Location: "/elsewhere" });
      response.end();
      return;
    }
    response.writeHead(answer === "error" ? 500 : 200, { "Content-Type": "application/json" });
    const success = new URLSearchParams(body).get("response") === "solved";
    response.end(JSON.stringify({ success }));
  }).listen(0, "127.0.0.1");
  await once(provider, "listening");
  const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
  database = await newDatabase();
  server = await startServer({
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    TRUSTED_PROXIES: "127.0.0.1,::1",
    CAPTCHA_SCRIPT_URL: `${origin}/widget.js`,
    CAPTCHA_VERIFY_URL: `${origin}/siteverify`,
    CAPTCHA_SITE_KEY: "site",
    CAPTCHA_SECRET: "a secret of the provider",
  });
});

beforeEach(() => {
  answer = "verdict";
  asked.length = 0;
});

afterAll(async () => {
  provider.closeAllConnections();
  provider.close();
  await server.stop();
  await database.remove();
});

let network = 0;

/** An attacker at an IP address of their own, who guesses the password. */
function guesser(username: string) {
  network += 1;
  const headers = { "X-Forwarded-For": `203.0.113.${network}` };
  return (captcha_token?: string, word = "not the password") =>
    new Browser(server.url).post("/api/auth/login", {
      body: { username, password: word, captcha_token },
      headers,
    });
}

async function accountAfterThreeFailures() {
  const { user } = await new Browser(server.url).signUp();
  const guess = guesser(user.username);
  for (let i = 0; i < 3; i += 1) expect((await guess()).status).toBe(401);
  expect(asked).toEqual([]);
  return { user, guess };
}

test("after three failures even the right password needs a solved captcha", async () => {
  const { guess } = await accountAfterThreeFailures();
  expect(await problem(await guess(undefined, password))).toEqual([403, "captcha_required"]);
  expect(await problem(await guess("wrong", password))).toEqual([403, "captcha_required"]);
  expect((await guess("solved", password)).status).toBe(200);
  expect(asked.at(-1)).toMatch(/^secret=a\+secret.*&response=solved&remoteip=203\.0\.113\.\d+$/);
  // The success has reset the count.
  expect((await guess()).status).toBe(401);
});

test("a request without its captcha uses up no attempts and compares no password", async () => {
  const { user, guess } = await accountAfterThreeFailures();
  for (let i = 0; i < 30; i += 1) expect((await guess()).status).toBe(403);
  expect((await guess("solved", password)).status).toBe(200);
  expect((await guesser(user.username)(undefined, password)).status).toBe(200);
});

test("an account that does not exist needs a captcha just the same", async () => {
  const guess = guesser("nobody");
  for (let i = 0; i < 3; i += 1) expect((await guess()).status).toBe(401);
  expect(await problem(await guess())).toEqual([403, "captcha_required"]);
  expect((await guess("solved")).status).toBe(401);
});

test.each(["error", "nothing", "hang-up"] as const)(
  "a provider that responds with %s does not keep the owner out, and the log says so",
  async (failure) => {
    const { guess } = await accountAfterThreeFailures();
    answer = failure;
    const before = passes();
    expect((await guess("anything", password)).status).toBe(200);
    await expect.poll(passes).toBe(before + 1);
  },
);

/** How many sign-ins the log says have passed without a captcha. */
const passes = () => server.output().match(/provider is out of order/g)?.length ?? 0;

// red team 11
test.each(["refusal", "page", "redirect"] as const)(
  "a provider that responds with a %s has not said that the captcha is solved",
  async (kind) => {
    const { guess } = await accountAfterThreeFailures();
    answer = kind;
    const before = passes();
    expect(await problem(await guess("anything", password))).toEqual([403, "captcha_required"]);
    expect(passes()).toBe(before);
  },
);

// red team 11
test.each(["<script>", "' or 1=1 --", "sol ved", "../../etc/passwd", "solved\n"])(
  "a token such as %j is not forwarded",
  async (token) => {
    const { guess } = await accountAfterThreeFailures();
    expect(await problem(await guess(token, password))).toEqual([403, "captcha_required"]);
    expect(asked).toEqual([]);
  },
);

// red team 7
test("a captcha for a username is not asked for with the address that belongs to it", async () => {
  const { user } = await accountAfterThreeFailures();
  const byAddress = guesser(user.email);
  const byNobody = guesser("nobody@example.com");
  for (let i = 0; i < 3; i += 1) {
    expect((await byAddress()).status).toBe(401);
    expect((await byNobody()).status).toBe(401);
  }
  expect((await byAddress()).status).toBe(403);
  expect((await byNobody()).status).toBe(403);
});
