/**
 * Whether response times reveal which accounts exist. Requests for known and unknown accounts go
 * out in random order, and the test compares the ranks of their times: it assumes nothing about the
 * distribution of times or the speed of the machine.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../support/databases.ts";
import { tokenIn } from "../support/smtp.ts";
import { routes, startWorld, type World } from "./accounts.ts";
import { password } from "./browser.ts";
import { mannWhitney } from "./mann-whitney.ts";

const samples = 200;

/**
 * The test fails if a difference that chance produces once in a thousand times occurs twice: one
 * false alarm in a million comparisons, if samples are independent.
 */
const alarm = 0.001;

let world: World;
const accounts: { username: string; email: string }[] = [];

beforeAll(async () => {
  world = await startWorld({ EMAIL_VERIFICATION: "required" });
  for (let i = 0; i < 60; i += 1) {
    const { username, email } = fresh(`known${i}`);
    const body = { username, email, password: "a word of their own" };
    const browser = world.visitor();
    await browser.post("/api/auth/signup", { body });
    const token = tokenIn(await world.smtp.take(email, /Confirm/));
    const confirmed = await browser.post(routes.verify, { body: { token } });
    expect(confirmed.status).toBe(200);
    accounts.push({ username, email });
  }
  const { email } = someone();
  probes.taken.email = email;
  for (const probe of [probes.free, probes.taken]) {
    await world.visitor().post("/api/auth/signup", { body: { ...probe, password } });
  }
});

afterAll(() => world.stop());

let names = 0;
/** Returns a new username and address, of the same length as every other. */
function fresh(prefix = "") {
  names += 1;
  const username = `${prefix}${"x".repeat(20)}`.slice(0, 14) + String(names).padStart(6, "0");
  return { username, email: `${username}@example.com` };
}

const someone = () =>
  accounts[Math.floor(Math.random() * accounts.length)] as { username: string; email: string };

let turn = 0;
/** Takes the accounts in turn, because a code allows five tries. */
function nextOne() {
  turn += 1;
  return accounts[turn % accounts.length] as (typeof accounts)[number];
}

/** Two pending sign-ups, one of them for an address that has an account with another password. */
const probes = { free: fresh("probe"), taken: fresh("probe") };

/** Returns the milliseconds until the response is complete, and checks its status. */
async function time(route: string, body: object, status: number): Promise<number> {
  const browser = world.visitor();
  const started = performance.now();
  const response = await browser.post(route, { body });
  await response.arrayBuffer();
  const took = performance.now() - started;
  expect(response.status).toBe(status);
  return took;
}

async function compare(known: () => Promise<number>, unknown: () => Promise<number>) {
  const times = { known: [] as number[], unknown: [] as number[] };
  for (let i = 0; i < 10; i += 1) await (i % 2 ? known : unknown)();
  // Not in pairs: work that one request leaves behind must not always slow the other kind.
  const order = Array.from({ length: 2 * samples }, (_, i) => i % 2 === 0)
    .map((isKnown) => ({ isKnown, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at);
  for (const { isKnown } of order) {
    if (isKnown) times.known.push(await known());
    else times.unknown.push(await unknown());
  }
  return mannWhitney(times.known, times.unknown);
}

// On one engine only: the statements are the same on all, and this takes a while.
describe.runIf(engine === "sqlite")("the response time does not reveal", () => {
  test.each<[string, () => Promise<number>, () => Promise<number>]>([
    [
      "whether an account exists, at a sign-in with a wrong password",
      () => time(routes.login, { username: someone().username, password: "wrong password" }, 401),
      () => time(routes.login, { username: fresh().username, password: "wrong password" }, 401),
    ],
    [
      "whether an address has an account, at a forgotten password",
      () => time(routes.forgot, { email: someone().email }, 202),
      () => time(routes.forgot, { email: fresh().email }, 202),
    ],
    [
      "whether an address has an account, at a sign-up",
      () => time("/api/auth/signup", { ...fresh(), email: someone().email, password }, 202),
      () => time("/api/auth/signup", { ...fresh(), password }, 202),
    ],
    [
      "whether an address has an account, at a sign-in as a pending sign-up for it (red team 3)",
      () => time(routes.login, { username: probes.taken.username, password }, 403),
      () => time(routes.login, { username: probes.free.username, password }, 403),
    ],
    [
      "whether an address has an account, at a sign-in with it and a pending sign-up's password",
      () => time(routes.login, { username: probes.taken.email, password }, 403),
      () => time(routes.login, { username: probes.free.email, password }, 403),
    ],
    [
      "whether an address has an account, when a pending sign-up asks for another email",
      () => time(routes.resend, { email: probes.taken.email }, 202),
      () => time(routes.resend, { email: probes.free.email }, 202),
    ],
    [
      "whether an address has an account and a live code, when a code is entered",
      () => time(routes.verify, { email: nextOne().email, code: "123456" }, 400),
      () => time(routes.verify, { email: fresh().email, code: "123456" }, 400),
    ],
  ])("%s", { timeout: 120_000 }, async (_, known, unknown) => {
    let p = await compare(known, unknown);
    if (p < alarm) p = await compare(known, unknown);
    expect(p).toBeGreaterThanOrEqual(alarm);
  });
});

test("the comparison detects a difference of one millisecond", async () => {
  const noise = () => 20 + 4 * Math.random() ** 3;
  const one = Array.from({ length: samples }, noise);
  const other = Array.from({ length: samples }, () => noise() + 1);
  const same = Array.from({ length: samples }, noise);
  expect(mannWhitney(one, other)).toBeLessThan(1e-6);
  expect(mannWhitney(one, same)).toBeGreaterThan(1e-6);
});
