/** What expires when: a server, and others on its database whose clocks are ahead. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { clockAhead, run, type Server } from "../support/server.ts";
import { codeIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, seconds, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

const cronSecret = "a secret of the scheduler's";
const { minute, day } = seconds;

let world: World;

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on", CRON_SECRET: cronSecret });
});

afterAll(() => world.stop());

const dead = [400, "link_invalid"];

function at(server: Server) {
  return (route: string, body: object, browser = world.visitor()) => {
    browser.origin = server.url;
    return browser.post(route, { body });
  };
}

/** Returns one email of each kind, each to an account of its own. */
async function mailsOfAll() {
  const mail = async (kind: string) => {
    const account = await world.signUp();
    const { email } = account.user;
    const visitor = world.visitor();
    switch (kind) {
      case routes.verify:
        return account.mail;
      case routes.reset:
        await visitor.post(routes.forgot, { body: { email } });
        return world.smtp.take(email);
      case routes.confirmLogin:
        await visitor.post(routes.emailLogin, { body: { email } });
        return world.smtp.take(email);
      default: {
        const other = randomAddress();
        await account.browser.post(routes.changeEmail, { body: { email: other } });
        return world.smtp.take(other);
      }
    }
  };
  const all = [routes.verify, routes.reset, routes.confirmLogin, routes.confirmEmail] as const;
  return Promise.all(all.map(async (route) => ({ route, mail: await mail(route) })));
}

// Links that sign in are valid for ten minutes, reset links for thirty, the others for an hour.
test.each([
  [29, [routes.confirmLogin]],
  [31, [routes.confirmLogin, routes.reset]],
  [61, [routes.confirmLogin, routes.reset, routes.verify, routes.confirmEmail]],
])("after %i minutes these are void and no others: %j", async (minutes, over) => {
  const mails = await mailsOfAll();
  const server = await world.later(minutes * minute);
  const post = at(server);
  for (const { route, mail } of mails) {
    const word = route === routes.verify ? password : newPassword;
    const body = { token: tokenIn(mail), password: word };
    const response = await post(route, body);
    if ((over as string[]).includes(route)) {
      expect(await problem(response)).toEqual(dead);
      const code = { email: mail.to, code: codeIn(mail) };
      if (code.code) expect((await post(route, code)).status).toBe(400);
    } else {
      expect([route, response.ok]).toEqual([route, true]);
    }
  }
  await server.stop();
});

async function changedAddress() {
  const account = await world.signUpVerified();
  const email = randomAddress();
  await account.browser.post(routes.changeEmail, { body: { email } });
  const token = tokenIn(await world.smtp.take(email));
  await world.visitor().post(routes.confirmEmail, { body: { token } });
  const undo = tokenIn(await world.smtp.take(account.user.email, /was changed/));
  return { ...account, undo };
}

async function prune(server: Server) {
  const headers = { Authorization: `Bearer ${cronSecret}` };
  const response = await fetch(`${server.url}/api/cron`, { headers });
  return (await response.json()).pruned;
}

test("pruning lets other requests in between", async () => {
  const expired = Array.from({ length: 3_000 }, (_, n) => ({
    key: `expired ${n}`,
    count: 1,
    blocked_until: 0,
    expires_at: 1,
  }));
  for (let n = 0; n < expired.length; n += 1_000) {
    await world.db.query
      .insertInto("rate_limits")
      .values(expired.slice(n, n + 1_000))
      .execute();
  }
  let ended = false;
  const pruning = prune(world.server).finally(() => {
    ended = true;
  });
  let answered = 0;
  for (; !ended; answered += 1) await fetch(`${world.url}/api/health/live`);
  expect((await pruning).rate_limits).toBe(expired.length);
  expect(answered).toBeGreaterThan(5);
});

async function leave(browser: Browser) {
  const response = await browser.post(routes.deletion, { body: {} });
  expect(response.status).toBe(200);
  return Date.parse((await response.json()).deletes_at);
}

describe("an account that is deleted", () => {
  test("ends its sessions at once; signing in keeps it for seven days, after which nothing is left", async () => {
    const gone = await world.signUpVerified();
    const other = world.visitor();
    await world.signIn(gone.user.username, password, other);
    await world.resetToken(gone.user.email);
    const kept = await world.signUpVerified();
    const moved = await changedAddress();
    const stale = await changedAddress();

    const deletesAt = await leave(gone.browser);
    expect(Math.abs(deletesAt - Date.now() - 7 * day * 1000)).toBeLessThan(60_000);
    for (const browser of [gone.browser, other]) {
      expect(await problem(await browser.refresh())).toEqual([401, "session_revoked"]);
    }
    const call = await world.visitor().get("/api/ping", { token: gone.token });
    expect(await problem(call)).toEqual([401, "token_revoked"]);
    await world.smtp.take(gone.user.email, /will be deleted/);
    await leave(kept.browser);

    const early = await world.later(7 * day - 10 * minute);
    expect((await prune(early)).users).toBe(0);
    const signedIn = await at(early)(routes.login, { username: kept.user.username, password });
    expect(signedIn.status).toBe(200);
    await world.smtp.take(kept.user.email, /account stays/);
    expect(await world.events(kept.user.id)).toContain("deletion_cancelled");
    // A change of address can also be undone until then.
    expect((await at(early)(routes.undoEmail, { token: moved.undo })).status).toBe(200);
    await early.stop();

    const late = await world.later(7 * day + minute);
    expect(await problem(await at(late)(routes.undoEmail, { token: stale.undo }))).toEqual(dead);
    // The old address is free after seven days, and not before.
    const join = {
      username: `j${randomAddress().slice(1, 30)}`,
      email: stale.user.email,
      password,
    };
    expect((await world.visitor().post("/api/auth/signup", { body: join })).status).toBe(409);
    expect((await at(late)("/api/auth/signup", join)).status).toBe(201);

    const { code, output } = await run("scripts/prune.ts", {
      ...world.settings,
      ...clockAhead(7 * day + minute),
    });
    expect([code, output]).toEqual([0, expect.stringContaining("users: 1 removed")]);
    expect((await prune(late)).users).toBe(0);
    for (const table of ["sessions", "audit_events", "mail_tokens", "mails"] as const) {
      const rows = world.db.query.selectFrom(table).selectAll();
      expect(await rows.where("user_id", "=", gone.user.id).execute()).toEqual([]);
    }
    const everything = JSON.parse(await world.everything());
    const blacklist = everything.splice(2, 1)[0];
    for (const trace of [gone.user.id, gone.user.username, gone.user.email]) {
      expect(JSON.stringify(everything)).not.toContain(trace);
    }
    expect(blacklist.filter((row: object) => JSON.stringify(row).includes(gone.user.id))).toEqual([
      expect.objectContaining({ reason: "user_deleted" }),
      expect.objectContaining({ reason: "user_deleted" }),
    ]);
    expect((await world.signIn(gone.user.username)).status).toBe(401);
    expect((await world.signIn(kept.user.username)).status).toBe(200);
  });

  test("whose owner signs in during the deletion is kept, or has no session", async () => {
    for (let round = 0; round < 4; round += 1) {
      const { browser, user } = await world.signUp();
      const back = world.visitor();
      const [, signedIn] = await Promise.all([
        leave(browser),
        world.signIn(user.username, password, back),
      ]);
      expect(signedIn.status).toBe(200);
      const { deletes_at } = await world.db.query
        .selectFrom("users")
        .select("deletes_at")
        .where("id", "=", user.id)
        .executeTakeFirstOrThrow();
      const alive = (await back.refresh()).status === 200;
      if (alive) expect(deletes_at).toBeNull();
    }
  });
});
