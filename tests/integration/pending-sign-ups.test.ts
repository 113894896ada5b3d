/** red team 3: EMAIL_VERIFICATION=required tells nobody who has an account, whatever is tried. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { codeIn, tokenIn } from "../support/smtp.ts";
import { newPassword, randomAddress, routes, seconds, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

let world: World;

beforeAll(async () => {
  world = await startWorld({
    EMAIL_VERIFICATION: "required",
    EMAIL_LOGIN: "on",
    CRON_SECRET: "a secret of the scheduler's",
  });
});

afterAll(() => world.stop());

const notVerified = [403, "email_not_verified"];
const wrong = [401, "invalid_credentials"];
const dead = [400, "link_invalid"];

const newName = () => `u${randomAddress().slice(1, 30)}`;

async function start(fields: Record<string, string> = {}, browser = world.visitor()) {
  const body = { username: newName(), email: randomAddress(), password, ...fields };
  const response = await browser.post("/api/auth/signup", { body });
  return { browser, response, ...body };
}

const linkTo = async (email: string) => tokenIn(await world.smtp.take(email, /Confirm/));
const verify = (body: object, browser = world.visitor()) => browser.post(routes.verify, { body });

/** Signs up and confirms the address. */
async function join(fields: Record<string, string> = {}) {
  const account = await start(fields);
  const response = await verify({ token: await linkTo(account.email) }, account.browser);
  if (response.status !== 200) throw new Error(await response.text());
  return account;
}

const pendings = (email: string) =>
  world.db.query.selectFrom("pending_sign_ups").selectAll().where("email", "=", email).execute();

const findUser = (username: string) =>
  world.db.query
    .selectFrom("users")
    .selectAll()
    .where("username", "=", username)
    .executeTakeFirst();

/** All that a response shows, except what the request itself has said and what is random. */
async function shown(response: Response, ...typed: string[]) {
  const headers = [...response.headers]
    .filter(([name]) => !["date", "content-length", "keep-alive"].includes(name))
    .map(([name, value]) => [name, name === "set-cookie" ? value.replace(/=[^;]+/, "=…") : value]);
  let body = await response.text();
  for (const value of typed) body = body.replaceAll(value, "…");
  return { status: response.status, headers, body };
}

describe("the probe of the finding", () => {
  /** Everything that somebody without the mailbox can try with an address. */
  async function probe(email: string) {
    const probing = "what the probe has chosen";
    const seen: unknown[] = [];
    const note = async (response: Response, ...typed: string[]) =>
      seen.push(await shown(response, email, ...typed));
    const first = await start({ email, password: probing });
    const { username, browser } = first;
    await note(first.response, username);
    // Signing in as the probe, before and after, in this browser and elsewhere.
    for (const identifier of [username, email, email.toUpperCase()]) {
      for (const word of [probing, "another one entirely"]) {
        for (const from of [world.visitor(), browser]) {
          await note(await world.signIn(identifier, word, from), identifier);
        }
      }
    }
    // The same name again, with the same address and with another one.
    const again = await start({ email, username, password: probing });
    await note(again.response, username);
    const other = await start({ username, password: probing });
    await note(other.response, username, other.email);
    // The name for somebody who has an account already.
    const { browser: insider, username: theirs } = await join();
    const { access_token: token } = await (await world.signIn(theirs, password, insider)).json();
    const taking = await insider.send("PATCH", "/api/auth/me", { body: { username }, token });
    seen.push(taking.status);
    const back = { body: { username: theirs }, token };
    seen.push((await insider.send("PATCH", "/api/auth/me", back)).status);
    // The address.
    for (const route of [routes.resend, routes.forgot, routes.emailLogin]) {
      await note(await browser.post(route, { body: { email } }));
    }
    const change = { body: { email }, token };
    await note(await insider.post(routes.changeEmail, change));
    for (const route of [routes.verify, routes.confirmLogin]) {
      await note(await browser.post(route, { body: { email, code: "123456" } }));
      const word = { email, code: "123456", password, new_password: newPassword };
      await note(await browser.post(route, { body: word }));
    }
    await note(await world.signIn(username, probing), username);
    return seen;
  }

  test("gets identical answers for a free address, a taken one and one that is being changed", async () => {
    const owner = await join();
    const free = await probe(randomAddress());
    expect(await probe(owner.email)).toEqual(free);
    expect(free.filter((each) => JSON.stringify(each).includes("email_not_verified"))).not.toEqual(
      [],
    );
    // The owner heard of it, and got no link that would confirm anything.
    await world.smtp.take(owner.email, /have an account/);
    expect(
      world.smtp.mails.filter(({ to }) => to === owner.email).map(({ subject }) => subject),
    ).not.toContain("Confirm your email address");
    expect((await world.signIn(owner.email)).status).toBe(200);
  });

  test("tells nothing when somebody else joins with the address meanwhile", async () => {
    const { email, username } = await start();
    await linkTo(email);
    await join({ email });
    expect(await problem(await world.signIn(username))).toEqual(notVerified);
    expect(await problem(await world.signIn(email, "a wrong password"))).toEqual(wrong);
    const again = await start({ username });
    expect(again.response.status).toBe(202);
  });

  test("does not help to guess the owner's password: it resets no count of the account", async () => {
    const limited = await world.start({ RATE_LIMITS: "on" });
    const owner = await join();
    // A probe whose password is known, at the owner's address.
    await start({ email: owner.email, password: newPassword });
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) {
      const browser = world.visitor();
      browser.origin = limited.url;
      const word = i % 2 ? newPassword : `guess ${i}`;
      statuses.push((await world.signIn(owner.email, word, browser)).status);
    }
    expect(statuses.slice(10)).toEqual([429, 429]);
    await limited.stop();
  });
});

describe("a pending sign-up", () => {
  test("is the one of the browser that signs in, whoever signs up later with its address", async () => {
    const { email, browser } = await start();
    await start({ email, password: newPassword });
    expect(await problem(await world.signIn(email, password, browser))).toEqual(notVerified);
    expect(await problem(await world.signIn(email, newPassword))).toEqual(notVerified);
    expect(await problem(await world.signIn(email, password))).toEqual(wrong);
  });

  test("is no user, has no session, and becomes one with its id by the link, once", async () => {
    const { browser, username, email } = await start({ name: "Ada" });
    expect(await findUser(username)).toBeUndefined();
    expect([...browser.cookies.keys()]).toEqual(["__Host-sign_up"]);
    const [pending] = await pendings(email);
    expect(pending?.password_hash).toMatch(/^\$argon2id\$/);
    const token = await linkTo(email);
    const answers = await Promise.all(Array.from({ length: 5 }, () => verify({ token }, browser)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 400, 400, 400, 400]);
    expect(await findUser(username)).toMatchObject({
      id: pending?.id,
      email,
      name: "Ada",
      email_verified: 1,
      is_active: 1,
      last_login_at: null,
    });
    expect(await pendings(email)).toEqual([]);
    expect(await world.events(pending?.id ?? "")).toEqual(
      expect.arrayContaining(["verification_requested", "signup", "email_verified"]),
    );
    expect((await world.signIn(username)).status).toBe(200);
  });

  test("becomes one by the code, typed in any case of the address; elsewhere with the password", async () => {
    const one = await start({ email: `Mixed.${randomAddress()}` });
    const code = codeIn(await world.smtp.take(one.email, /Confirm/));
    const typed = { email: one.email.toUpperCase(), code };
    expect(await problem(await verify(typed))).toEqual([401, "password_required"]);
    expect(await problem(await verify({ ...typed, password: "no" }))).toEqual(wrong);
    expect((await verify({ ...typed, password })).status).toBe(200);
    expect((await findUser(one.username))?.email).toBe(one.email);
  });

  test("answers a sign-in by username or address, and sends the email again", async () => {
    const { username, email } = await start();
    await linkTo(email);
    for (const identifier of [username, email, username.toUpperCase()]) {
      const response = await world.signIn(identifier);
      expect(response.headers.getSetCookie()).toEqual([]);
      expect(await problem(response)).toEqual(notVerified);
      await linkTo(email);
      expect(await problem(await world.signIn(identifier, "not the password"))).toEqual(wrong);
    }
  });

  test("gets no new password but by its own email: no session, no reset before it is confirmed", async () => {
    const { browser, username, email } = await start();
    await linkTo(email);
    for (const route of [routes.change, routes.reauthenticate]) {
      const body = { current_password: password, password: newPassword };
      expect((await browser.post(route, { body })).status).toBe(401);
    }
    // Who has forgotten it, or wants to sign in by email, gets the email that confirms the address.
    await browser.post(routes.emailLogin, { body: { email } });
    await linkTo(email);
    await world.visitor().post(routes.forgot, { body: { email } });
    const token = await linkTo(email);
    const body = { token, password: newPassword };
    expect(await problem(await world.visitor().post(routes.reset, { body }))).toEqual(dead);
    expect((await verify({ token, new_password: newPassword })).status).toBe(200);
    expect((await world.signIn(username)).status).toBe(401);
    expect((await world.signIn(username, newPassword)).status).toBe(200);
  });

  test("of an attacker with a victim's address gives the attacker nothing once the victim presses", async () => {
    const attacker = await start();
    const victim = world.visitor();
    const token = await linkTo(attacker.email);
    expect(await problem(await verify({ token }, victim))).toEqual([401, "password_required"]);
    expect((await verify({ token, new_password: newPassword }, victim)).status).toBe(200);
    expect(await problem(await world.signIn(attacker.username))).toEqual(wrong);
    expect((await world.signIn(attacker.email, newPassword, victim)).status).toBe(200);
  });

  test("is one of several for an address: each link makes its own, and the first to be confirmed wins", async () => {
    const email = randomAddress();
    const browsers: Browser[] = [];
    const tokens: string[] = [];
    const names: string[] = [];
    for (let i = 0; i < 3; i += 1) {
      const { browser, username } = await start({ email, password: `${password} ${i}` });
      browsers.push(browser);
      names.push(username);
      tokens.push(await linkTo(email));
    }
    expect(await pendings(email)).toHaveLength(3);
    // The cookie of one does not stand for another.
    expect(await problem(await verify({ token: tokens[0] }, browsers[1]))).toEqual([
      401,
      "password_required",
    ]);
    // Each browser gets its own sign-up's email again.
    await browsers[0]?.post(routes.resend, { body: { email } });
    const again = await linkTo(email);
    const answers = await Promise.all([
      verify({ token: again }, browsers[0]),
      verify({ token: tokens[1] }, browsers[1]),
    ]);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.toSorted()).toEqual([200, 400]);
    const winner = statuses.indexOf(200);
    const users = await world.db.query
      .selectFrom("users")
      .select("username")
      .where("email", "=", email)
      .execute();
    expect(users).toEqual([{ username: names[winner] }]);
    expect(await problem(await verify({ token: tokens[2] }, browsers[2]))).toEqual(dead);
  });

  test("does not keep its username: the second to confirm chooses another one, with the same link", async () => {
    const username = newName();
    const one = await start({ username });
    const other = await start({ username: username.toUpperCase() });
    expect([one.response.status, other.response.status]).toEqual([202, 202]);
    const [first, second] = [await linkTo(one.email), await linkTo(other.email)];
    expect((await verify({ token: first }, one.browser)).status).toBe(200);
    const late = await verify({ token: second }, other.browser);
    expect((await late.clone().json()).errors).toMatchObject([{ path: "username" }]);
    expect(await problem(late)).toEqual([409, "username_taken"]);
    const bad = await verify({ token: second, username: "-" }, other.browser);
    expect(await problem(bad)).toEqual([422, "validation_failed"]);
    const renamed = newName();
    // Elsewhere it takes the password besides.
    const elsewhere = { token: second, username: renamed };
    expect(await problem(await verify(elsewhere))).toEqual([401, "password_required"]);
    expect((await verify({ ...elsewhere, password })).status).toBe(200);
    expect(await findUser(renamed)).toMatchObject({ email: other.email });
    expect((await world.signIn(renamed)).status).toBe(200);
  });

  test("costs ten hashes behind its link, however often a new password comes with a taken name", async () => {
    const limited = await world.start({ RATE_LIMITS: "on" });
    const username = newName();
    const late = await start({ username });
    await join({ username });
    const token = await linkTo(late.email);
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) {
      const browser = world.visitor();
      browser.origin = limited.url;
      const body = { token, new_password: `${newPassword} ${i}` };
      statuses.push((await verify(body, browser)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(409), 429]);
    await limited.stop();
  });

  test("keeps nobody from the username or the address, and is void once the address is taken", async () => {
    const squatter = await start();
    const token = await linkTo(squatter.email);
    const { email, username } = await join({ email: squatter.email, username: squatter.username });
    expect((await findUser(username))?.email).toBe(email);
    expect(await problem(await verify({ token }, squatter.browser))).toEqual(dead);
    const word = { token, new_password: newPassword };
    expect(await problem(await verify(word))).toEqual(dead);
  });

  test("does not take an address that its former owner may still take back", async () => {
    const mover = await join();
    await world.signIn(mover.username, password, mover.browser);
    const moved = randomAddress();
    await mover.browser.post(routes.changeEmail, { body: { email: moved } });
    const change = tokenIn(await world.smtp.take(moved));
    // Began while the address was taken: the answers are those of any other.
    const early = await start({ email: mover.email });
    await world.visitor().post(routes.confirmEmail, { body: { token: change } });
    const late = await start({ email: mover.email });
    for (const { response, username } of [early, late]) {
      expect(response.status).toBe(202);
      expect(await problem(await world.signIn(username))).toEqual(notVerified);
      expect(await findUser(username)).toBeUndefined();
    }
  });

  test("expires after seven days and is pruned", async () => {
    const { browser, username, email } = await start();
    await linkTo(email);
    const nearly = await world.later(7 * seconds.day - 100);
    browser.origin = nearly.url;
    expect(await problem(await world.signIn(username, password, browser))).toEqual(notVerified);
    await nearly.stop();

    const late = await world.later(7 * seconds.day + 1);
    browser.origin = late.url;
    expect(await problem(await world.signIn(username, password, browser))).toEqual(wrong);
    const headers = { Authorization: "Bearer a secret of the scheduler's" };
    const response = await fetch(`${late.url}/api/cron`, { headers });
    expect((await response.json()).pruned.pending_sign_ups).toBeGreaterThan(0);
    expect(await pendings(email)).toEqual([]);
    await late.stop();
  });
});
