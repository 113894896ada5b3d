/** An attacker with many addresses and much time, against one account. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { engine } from "../support/databases.ts";
import { tokenIn } from "../support/smtp.ts";
import { newPassword, routes, seconds, startWorld, type World } from "./accounts.ts";
import { password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({
    RATE_LIMITS: "on",
    TRUSTED_PROXIES: "127.0.0.1,::1",
    // The owner signs in four times a second, for minutes.
    RATE_LIMIT_HASHES_BY_ACCOUNT: "100000/15m",
    RATE_LIMIT_HASHES_BY_NETWORK: "100000/15m",
  });
});

afterAll(() => world.stop());

/** Fewer on the other engines, where each attempt takes several network round trips. */
const guesses = engine === "sqlite" ? 10_000 : 1_000;
const addresses = guesses / 10;
// sqld has one writer at a time, and requests that wait for it keep the machine busy.
const atOnce = engine === "libsql" ? 4 : 16;

const from = (i: number) => ({ "X-Forwarded-For": `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}` });

async function guess(username: string, i: number): Promise<number> {
  const body = { username, password: `guess number ${i}` };
  const response = await world.visitor().post(routes.login, { body, headers: from(i % addresses) });
  await response.arrayBuffer();
  return response.status;
}

describe("an account under attack", () => {
  test(`compares ten of ${guesses} guesses from ${addresses} addresses, and its owner signs in throughout`, {
    timeout: 180_000,
  }, async () => {
    const { browser, user } = await world.signUp();
    const counts = new Map<number, number>();
    let next = 0;
    const attacker = async () => {
      while (next < guesses) {
        const i = next;
        next += 1;
        const status = await guess(user.username, i);
        counts.set(status, (counts.get(status) ?? 0) + 1);
      }
    };
    const attack = Promise.all(Array.from({ length: atOnce }, attacker));
    const signIns: number[] = [];
    while (next < guesses) {
      signIns.push((await world.signIn(user.username, password, browser)).status);
      await new Promise((done) => setTimeout(done, 250));
    }
    await attack;
    // The first ten at once; every half minute of the attack lets one more through.
    const compared = counts.get(401) ?? 0;
    expect(compared).toBeGreaterThanOrEqual(10);
    expect(compared).toBeLessThanOrEqual(13);
    // On libSQL some requests wait so long that they get a 503: it tells the attacker nothing, and
    // the owner tries again.
    const late = engine === "libsql" ? (counts.get(503) ?? 0) : 0;
    expect(late).toBeLessThan(guesses / 50);
    expect(counts.get(429)).toBe(guesses - compared - late);
    expect(signIns.length).toBeGreaterThan(2);
    const refused = signIns.filter((status) => status !== 200);
    expect(refused).toEqual(engine === "libsql" ? refused.filter((status) => status === 503) : []);
    expect(refused.length).toBeLessThan(signIns.length / 4);
    // Without the device cookie the owner's IP address counts like any other.
    expect((await world.signIn(user.username)).status).toBe(429);
  });

  test("locks after a hundred guesses in a row, over weeks, until a new password is chosen by email", async () => {
    const { user, browser } = await world.signUp();
    // Stands for an attacker who waits for each block to end, without moving a clock that often.
    const patient = async () => {
      const rows = await world.db.query.selectFrom("rate_limits").selectAll().execute();
      for (const { key, blocked_until: until } of rows) {
        if (until <= Date.now() || until - Date.now() > seconds.day * 1000) continue;
        await world.db.query.deleteFrom("rate_limits").where("key", "=", key).execute();
      }
    };
    const statuses: number[] = [];
    for (let i = 0; i < 115 && statuses.at(-1) !== 429; i += 1) {
      if (i % 10 === 0) await patient();
      statuses.push(await guess(user.username, 20_000 + i));
    }
    expect(statuses).toEqual([...Array(100).fill(401), 429]);
    const locked = await world.signIn(user.username);
    expect((await locked.clone().json()).detail).toMatch(/Choose a new password by mail/);
    expect(await problem(locked)).toEqual([429, "too_many_attempts"]);

    const years = await world.later(300 * seconds.day);
    const right = world.visitor();
    right.origin = years.url;
    // A lock that is seen goes by the typed name, and lasts as long for one without an account; the
    // lock of the account stays, unseen (red team 7).
    const answer = await world.signIn(user.username, password, right);
    expect(await problem(answer)).toEqual([401, "invalid_credentials"]);
    await years.stop();
    // The device cookie still lets the owner in.
    expect((await world.signIn(user.username, password, browser)).status).toBe(200);

    const token = await world.resetToken(user.email);
    const owner = world.visitor();
    const body = { token, password: newPassword };
    expect((await owner.post(routes.reset, { body })).status).toBe(204);
    expect((await world.signIn(user.username, newPassword)).status).toBe(200);
    // The attack goes on, but the browser that chose the password has a device cookie now.
    for (let i = 0; i < 11; i += 1) await guess(user.username, 30_000 + i);
    expect((await world.signIn(user.username, newPassword)).status).toBe(429);
    expect((await world.signIn(user.username, newPassword, owner)).status).toBe(200);
  });

  test("treats a thief's browsers as strangers after the reset, though they had signed in", async () => {
    const { browser, user, mail } = await world.signUp();
    await browser.post(routes.verify, { body: { token: tokenIn(mail) } });
    const thieves = [world.visitor(), world.visitor(), world.visitor()];
    for (const thief of thieves) await world.signIn(user.username, password, thief);
    const token = await world.resetToken(user.email);
    const body = { token, password: newPassword };
    await world.visitor().post(routes.reset, { body });
    const statuses: number[] = [];
    for (const thief of thieves) {
      for (let i = 0; i < 6; i += 1) {
        const answer = await thief.post(routes.login, {
          body: { username: user.username, password: `guess ${i}` },
          headers: from(40_000 + statuses.length),
        });
        statuses.push(answer.status);
      }
    }
    expect(statuses.filter((status) => status === 401)).toHaveLength(10);
  });
});
