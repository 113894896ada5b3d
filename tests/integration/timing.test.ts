/**
 * Whether the time of an answer tells who has an account. Known and unknown are asked in a random
 * order, and the ranks of their times compared: no assumption about how times are distributed,
 * and none about how fast this machine is.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../support/databases.ts";
import { routes, startWorld, type World } from "./accounts.ts";
import { password } from "./browser.ts";
import { mannWhitney } from "./mann-whitney.ts";

const samples = 200;

/**
 * A difference that chance makes once in a thousand times has to come twice before the test fails:
 * one false alarm in a million comparisons, if samples are independent.
 */
const alarm = 0.001;

let world: World;
const accounts: { username: string; email: string }[] = [];

beforeAll(async () => {
  world = await startWorld({ EMAIL_VERIFICATION: "required" });
  for (let i = 0; i < 60; i += 1) {
    const { username, email } = fresh(`known${i}`);
    const body = { username, email, password };
    await world.visitor().post("/api/auth/signup", { body });
    accounts.push({ username, email });
  }
});

afterAll(() => world.stop());

let names = 0;
/** A name and an address of the same length as every other. */
function fresh(prefix = "") {
  names += 1;
  const username = `${prefix}${"x".repeat(20)}`.slice(0, 14) + String(names).padStart(6, "0");
  return { username, email: `${username}@example.com` };
}

const someone = () =>
  accounts[Math.floor(Math.random() * accounts.length)] as { username: string; email: string };

let turn = 0;
/** One after the other: a code takes five tries. */
function nextOne() {
  turn += 1;
  return accounts[turn % accounts.length] as (typeof accounts)[number];
}

/** Milliseconds until the answer is there; what has to be the same is checked at each. */
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
  // Not in pairs: what one request leaves to be done must not always slow down the other kind.
  const order = Array.from({ length: 2 * samples }, (_, i) => i % 2 === 0)
    .map((isKnown) => ({ isKnown, at: Math.random() }))
    .toSorted((one, other) => one.at - other.at);
  for (const { isKnown } of order) {
    if (isKnown) times.known.push(await known());
    else times.unknown.push(await unknown());
  }
  return mannWhitney(times.known, times.unknown);
}

// The statements are the same on every engine, and it takes a while.
describe.runIf(engine === "sqlite")("the time of an answer tells nothing about", () => {
  test.each<[string, () => Promise<number>, () => Promise<number>]>([
    [
      "whether there is an account, at a login with a wrong password",
      () => time(routes.login, { username: someone().username, password: "wrong password" }, 401),
      () => time(routes.login, { username: fresh().username, password: "wrong password" }, 401),
    ],
    [
      "whether an address has an account, at a forgotten password",
      () => time(routes.forgot, { email: someone().email }, 202),
      () => time(routes.forgot, { email: fresh().email }, 202),
    ],
    [
      "whether an address has an account, at signing up",
      () => time("/api/auth/signup", { ...fresh(), email: someone().email, password }, 202),
      () => time("/api/auth/signup", { ...fresh(), password }, 202),
    ],
    [
      "whether an address has an account, and a live code, at a code",
      () => time(routes.verify, { email: nextOne().email, code: "123456" }, 400),
      () => time(routes.verify, { email: fresh().email, code: "123456" }, 400),
    ],
  ])("%s", { timeout: 120_000 }, async (_, known, unknown) => {
    let p = await compare(known, unknown);
    if (p < alarm) p = await compare(known, unknown);
    expect(p).toBeGreaterThanOrEqual(alarm);
  });
});

test("and the comparison can tell: a millisecond more is found", async () => {
  const noise = () => 20 + 4 * Math.random() ** 3;
  const one = Array.from({ length: samples }, noise);
  const other = Array.from({ length: samples }, () => noise() + 1);
  const same = Array.from({ length: samples }, noise);
  expect(mannWhitney(one, other)).toBeLessThan(1e-6);
  expect(mannWhitney(one, same)).toBeGreaterThan(1e-6);
});
