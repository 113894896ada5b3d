/** A username is a name to sign in with: changing it takes more than a borrowed session (red team 10). */
import { writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { run, runWithInput, type Server, temporaryFolder } from "../support/server.ts";
import { randomAddress, routes, seconds, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

let world: World;
/** Servers on the same database, later. */
let later: Server;
let nextMonth: Server;

beforeAll(async () => {
  world = await startWorld({ ACCESS_TOKEN_LIFETIME: "7200" });
  later = await world.later(15 * seconds.minute);
  nextMonth = await world.later(31 * seconds.day);
});

afterAll(() => world.stop());

const newName = () => `n${randomAddress().slice(1, 30)}`;

const patch = (browser: Browser, token: string, body: object) =>
  browser.send("PATCH", "/api/auth/me", { token, body });

const signUpAs = (username: string, origin = world.url) => {
  const browser = world.visitor();
  browser.origin = origin;
  return browser.post("/api/auth/signup", { body: { username, email: randomAddress(), password } });
};

describe("changing the username", () => {
  test("takes a recent sign-in or the password; changing only the name does not", async () => {
    const { browser, user, token } = await world.signUp();
    browser.origin = later.url;
    const username = newName();
    const refused = await patch(browser, token, { username, name: "Ada" });
    expect(refused.headers.get("www-authenticate")).toContain("insufficient_user_authentication");
    expect(await problem(refused)).toEqual([401, "insufficient_user_authentication"]);
    const guess = { username, current_password: "not the password" };
    expect(await problem(await patch(browser, token, guess))).toEqual([401, "invalid_credentials"]);
    // Nothing has changed, not even the name. A page sends the username along unchanged.
    const { username: same, name } = await (await browser.get("/api/auth/me", { token })).json();
    expect([same, name]).toEqual([user.username, ""]);
    const unchanged = await patch(browser, token, { username: user.username, name: "Ada" });
    expect(await unchanged.json()).toMatchObject({ username: user.username, name: "Ada" });

    const changed = await patch(browser, token, { username, current_password: password });
    expect(await changed.json()).toMatchObject({ username, name: "Ada" });
  });

  test("takes an access token, and a cookie does not stand in for it", async () => {
    const { browser } = await world.signUp();
    const response = await browser.send("PATCH", "/api/auth/me", { body: { username: newName() } });
    expect(await problem(response)).toEqual([401, "token_missing"]);
  });

  test("after reauthenticating works with the new token", async () => {
    const { browser } = await world.signUp();
    browser.origin = later.url;
    const proved = await browser.post(routes.reauthenticate, { body: { password } });
    const { access_token: token } = await proved.json();
    expect((await patch(browser, token, { username: newName() })).status).toBe(200);
  });

  test("tells the owner, without a word of the one who changed it (red team 9)", async () => {
    const { browser, user, token } = await world.signUpVerified();
    const username = newName();
    await patch(browser, token, { username });
    const mail = await world.smtp.take(user.email, /username was changed/);
    expect(mail.text).toContain("30 days");
    expect(mail.text).not.toContain(username);
    // A change of the name is no news, and a change to the same is none at all.
    const events = await world.events(user.id);
    await patch(browser, token, { username });
    expect(await world.events(user.id)).toEqual(events);
    await patch(browser, token, { name: "Ada" });
    expect(await world.events(user.id)).toEqual([...events, "profile_changed"]);
    expect(world.smtp.mails.filter(({ to }) => to === user.email)).toEqual([]);
  });
});

describe("the old username", () => {
  test("is held for 30 days: nobody else can take it, and its owner can take it back", async () => {
    const { browser, user, token } = await world.signUp();
    expect((await patch(browser, token, { username: newName() })).status).toBe(200);
    expect((await world.signIn(user.username)).status).toBe(401);

    const taken = [409, "username_taken"];
    const spelled = user.username.toUpperCase();
    expect(await problem(await signUpAs(spelled))).toEqual(taken);
    const other = await world.signUp();
    expect(await problem(await patch(other.browser, other.token, { username: spelled }))).toEqual(
      taken,
    );
    // Neither does it tell whether an address is taken.
    const body = { username: spelled, email: other.user.email, password };
    expect(await problem(await world.visitor().post("/api/auth/signup", { body }))).toEqual(taken);

    const back = await patch(browser, token, { username: user.username });
    expect((await back.json()).username).toBe(user.username);
    expect((await world.signIn(user.username)).status).toBe(200);
  });

  test("is held against commands and imports, too", async () => {
    const { browser, user, token } = await world.signUp();
    await patch(browser, token, { username: newName() });
    const created = await runWithInput(
      `${password}\n`,
      "scripts/user.ts",
      world.settings,
      "create",
      user.username,
      randomAddress(),
    );
    expect(created).toMatchObject({ code: 1, output: expect.stringContaining("is taken") });
    const folder = temporaryFolder();
    const file = `${folder.path}/dump.json`;
    const fields = { username: user.username, email: randomAddress(), password: "!" };
    writeFileSync(file, JSON.stringify([{ model: "auth.user", pk: 1, fields }]));
    const imported = await run("scripts/user.ts", world.settings, "import", file);
    folder.remove();
    expect(imported.output).toContain("1 skipped");
  });

  test("is free afterwards", async () => {
    const { browser, user, token } = await world.signUp();
    await patch(browser, token, { username: newName() });
    expect((await signUpAs(user.username, later.url)).status).toBe(409);
    expect((await signUpAs(user.username, nextMonth.url)).status).toBe(201);
  });

  test("goes to nobody, however many ask while it changes", async () => {
    for (let round = 0; round < 3; round += 1) {
      const { browser, user, token } = await world.signUp();
      const other = await world.signUp();
      const [changed, ...others] = await Promise.all([
        patch(browser, token, { username: newName() }),
        ...[1, 2, 3].map(() => signUpAs(user.username)),
        patch(other.browser, other.token, { username: user.username }),
      ]);
      expect(changed?.status).toBe(200);
      expect(others.map(({ status }) => status)).toEqual([409, 409, 409, 409]);
    }
  });

  test("stays held when a thief takes it back in between", async () => {
    const { browser, user, token } = await world.signUp();
    const names = Array.from({ length: 5 }, newName);
    for (const username of [...names, user.username, newName()]) {
      expect((await patch(browser, token, { username })).status).toBe(200);
    }
    expect(await problem(await signUpAs(user.username))).toEqual([409, "username_taken"]);
  });

  test("is the one that is held when a thief changes it again and again", async () => {
    const { browser, user, token } = await world.signUp();
    const names = Array.from({ length: 8 }, newName);
    for (const username of names) {
      expect((await patch(browser, token, { username })).status).toBe(200);
    }
    expect((await signUpAs(user.username)).status).toBe(409);
    // One account keeps five names from others, not as many as it likes.
    expect((await signUpAs(names[6] ?? "")).status).toBe(201);
    const held = await world.db.query
      .selectFrom("held_usernames")
      .select("username")
      .where("user_id", "=", user.id)
      .execute();
    expect(held).toHaveLength(5);
  });
});
