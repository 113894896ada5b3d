/** The users of a Django site that has been there for long, and moves here. */
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findUserByEmail, findUserByIdentifier } from "#db/users.ts";
import django from "../fixtures/django-hashes.json" with { type: "json" };
import { run, temporaryFolder } from "../support/server.ts";
import { newPassword, routes, startWorld, type World } from "./accounts.ts";
import { type Browser, password, problem } from "./browser.ts";

const folder = temporaryFolder();
const fixture = "tests/fixtures/django-old-site.json";
const [{ hash: stored } = { hash: "" }] = django.hashes;
let world: World;

beforeAll(async () => {
  world = await startWorld();
});

afterAll(async () => {
  await world?.stop();
  folder.remove();
});

const importDump = (file: string, ...args: string[]) =>
  run("scripts/user.ts", world.settings, "import", file, ...args);

async function lines(file: string, ...args: string[]) {
  const { code, output } = await importDump(file, ...args);
  return [code, ...output.trim().split("\n")];
}

interface Person {
  username?: string;
  email?: string;
  [field: string]: unknown;
}

/** Writes a dump of people with the password of the tests, and returns its name. */
function dump(name: string, people: Person[], model = "auth.user", others: object[] = []) {
  const records = people.map(({ pk, ...person }, index) => {
    const joined = { date_joined: "2019-03-14T15:09:26.535Z" };
    return { model, pk: pk ?? index + 1, fields: { password: stored, ...joined, ...person } };
  });
  const file = `${folder.path}/${name}.json`;
  writeFileSync(file, JSON.stringify([...records, ...others]));
  return file;
}

async function signedIn(username: string, word = password) {
  const browser = world.visitor();
  const response = await world.signIn(username, word, browser);
  expect(response.status).toBe(200);
  return { browser, ...(await response.json()) };
}

describe("an old site", () => {
  test("is imported, and the output says what is not as it was", async () => {
    expect(await lines(fixture)).toEqual([
      0,
      'record 17 "with-sha1": it needs a new password: sha1 is not used here',
      'record 18 "with-md5": it needs a new password: md5 is not used here',
      'record 19 "with-unsalted_sha1": it needs a new password: sha1 is not used here',
      'record 20 "with-unsalted_md5": it needs a new password: md5 is not used here',
      'record 21 "with-crypt": it needs a new password: crypt is not used here',
      'record 24 "verified": left out: other@example.com',
      'record 26 "moved": its primary address is after@example.com',
      'record 28 "squatter": skipped, record 29 has verified the same email address',
      'record 29 "owner": its primary address is shared@example.com',
      "29 records: 28 imported, 0 there already and untouched, 1 skipped.",
    ]);
  });

  test.each([
    ...["zoë", "ZOE\u0308", "李雷", "Дмитрий", "дмитрий", "ada+kernel@work", ".-_.", "x"],
    ...["n".repeat(150), "grace@example.com"],
    ...["dmitri@xn--e1afmkfd.xn--p1ai", "dmitri@пример.рф", "a&b@example.com"],
    ...["ada#1@example.com", "ada@localhost", "ada@bücher.example", "ada@xn--bcher-kva.example"],
  ])("lets people sign in as they did there: %s", async (name) => {
    await signedIn(name);
  });

  // case: commonknowledge/leftbookclub#18
  test.each([...["pbkdf2_sha1", "argon2", "bcrypt_sha256", "bcrypt", "php", "old-bcrypt"]])(
    "keeps the password behind %s, and hashes it anew",
    async (hasher) => {
      await signedIn(`with-${hasher}`);
      const user = await findUserByIdentifier(world.db.query, `with-${hasher}`);
      expect(user?.password_hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    },
  );

  test.each(["sha1", "md5", "unsalted_sha1", "unsalted_md5", "crypt"])(
    "keeps the account behind %s, not its hash: a reset gives it a password",
    async (hasher) => {
      const name = `with-${hasher}`;
      expect((await findUserByIdentifier(world.db.query, name))?.password_hash).toBe("");
      expect(await problem(await world.signIn(name))).toEqual([401, "invalid_credentials"]);
      const token = await world.resetToken(`${hasher}@example.com`);
      const reset = await world
        .visitor()
        .post(routes.reset, { body: { token, password: newPassword } });
      expect(reset.status).toBe(204);
      await signedIn(name, newPassword);
    },
  );

  // case: pennersr/django-allauth#851
  test("keeps what is verified verified, and primary what is primary", async () => {
    const state = async (name: string) => {
      const user = await findUserByIdentifier(world.db.query, name);
      return [user?.email, user?.email_verified];
    };
    expect(await state("verified")).toEqual(["Verified@Example.com", 1]);
    expect(await state("unverified")).toEqual(["unverified@example.com", 0]);
    expect(await state("moved")).toEqual(["after@example.com", 1]);
    expect(await state("mailless")).toEqual(["mailless@example.com", 1]);
    expect(await state("owner")).toEqual(["shared@example.com", 1]);
    expect(await state("squatter")).toEqual([undefined, undefined]);
  });

  test("has names that work everywhere here", async () => {
    const { browser, access_token: token, user } = await signedIn("zoë");
    expect(user.username).toBe("zoë");
    const patch = (body: object) => browser.send("PATCH", "/api/auth/me", { token, body });
    const saved = await patch({ name: "Zoë", username: "zoë" });
    expect([saved.status, (await saved.json()).name]).toEqual([200, "Zoë"]);
    expect(await problem(await patch({ username: "zoë2" }))).toEqual([422, "validation_failed"]);
    const file = await browser.post(routes.data, { token, body: {} });
    expect(file.status).toBe(200);
    expect(file.headers.get("content-disposition")).toContain("zo%C3%AB.json");
    const page = await browser.get("/me");
    expect(await page.text()).toContain("zoë");
    const { output } = await run("scripts/user.ts", world.settings, "sessions", "zoe\u0308");
    expect(output).toContain("last used");
  });

  test("imported again, changes nothing", async () => {
    const before = await world.everything();
    const summary = "29 records: 0 imported, 28 there already and untouched, 1 skipped.";
    expect((await lines(fixture)).at(-1)).toBe(summary);
    expect(await world.everything()).toBe(before);
  });
});

test("a username that is another account's address comes between nobody and their account", async () => {
  const victim = await world.signUp({ username: "victim" });
  const address = victim.user.email;
  const file = dump("names", [
    { pk: 901, username: address.toUpperCase(), email: "eve@example.com" },
    { pk: 902, username: "later@example.org", email: "mallory@example.com" },
    { pk: 903, username: "peggy@example.com", email: "trent@example.com" },
    { pk: 904, username: "peggy", email: "peggy@example.com" },
  ]);
  expect(await lines(file)).toEqual([
    0,
    expect.stringMatching(/^record 1 .* its username is now "\w+"$/),
    expect.stringMatching(/^record 1 .*: its own is the address of another account$/),
    'record 3 "peggy@example.com": its username is now "peggy-903"',
    'record 3 "peggy@example.com": its own is the address of another account',
    "4 records: 4 imported, 0 there already and untouched, 0 skipped.",
  ]);
  expect((await signedIn(address)).user.id).toBe(victim.user.id);
  expect((await signedIn("peggy@example.com")).user.username).toBe("peggy");

  // The name stays where nobody has the address, until somebody has it.
  const mallory = (await signedIn("later@example.org")).user;
  expect(mallory.email).toBe("mallory@example.com");
  expect(
    (await world.visitor().post(routes.forgot, { body: { email: "later@example.org" } })).status,
  ).toBe(202);
  const owner = await world.signUp({ username: "later", email: "later@example.org" });
  expect((await signedIn("later@example.org")).user.id).toBe(owner.user.id);
  expect(await findUserByEmail(world.db.query, "later@example.org")).toMatchObject({
    id: owner.user.id,
  });
  expect(
    world.smtp.received
      .filter(({ to }) => to === "mallory@example.com")
      .map(({ subject }) => subject),
  ).not.toContain("Choose a new password");
});

describe("a report", () => {
  const people = [
    { pk: 801, username: "=HYPERLINK(1)", email: "formula@example.com" },
    { pk: 802, username: "quoted", email: "not an address" },
    { pk: 803, username: "@SUM", email: "sum@example.com", password: "md5$a$b" },
  ];

  test("says of every record what became of it", async () => {
    const file = dump("report", people);
    const report = `${folder.path}/report.csv`;
    const { code } = await importDump(file, "--report", report);
    expect(code).toBe(0);
    expect(readFileSync(report, "utf8")).toBe(
      [
        '\uFEFF"record","key","username there","email there","outcome","username","remarks"',
        `"1","801","'=HYPERLINK(1)","formula@example.com","imported","'=HYPERLINK(1)",""`,
        '"2","802","quoted","not an address","skipped","","skipped, its email address is not valid"',
        `"3","803","'@SUM","sum@example.com","imported","'@SUM","it needs a new password: md5 is not used here"`,
        "",
      ].join("\r\n"),
    );
    // It has people's addresses in it.
    expect(statSync(report).mode & 0o077).toBe(0);

    const again = `${folder.path}/again.csv`;
    expect((await importDump(file, "--update", "--dry-run", "--report", again)).code).toBe(0);
    expect(readFileSync(again, "utf8").match(/there already and untouched/g)).toHaveLength(2);
  });

  test("never takes the place of another file, such as the dump", async () => {
    const file = dump("kept", [{ pk: 804, username: "kept", email: "kept@example.com" }]);
    const before = readFileSync(file);
    const refused = await importDump(file, "--report", file);
    expect(refused).toEqual({
      code: 1,
      output: expect.stringMatching(/already.*Nothing was imported/),
    });
    expect(readFileSync(file)).toEqual(before);
    expect(await findUserByIdentifier(world.db.query, "kept")).toBeUndefined();
  });
});

// case: supabase/cli#6397
describe("a dump from Windows", () => {
  const text = JSON.stringify([
    {
      model: "auth.user",
      pk: 701,
      fields: { password: stored, username: "jörg", email: "joerg@example.com" },
    },
  ]);

  test("in cp1252 is refused, and nobody is imported under another name", async () => {
    const file = `${folder.path}/cp1252.json`;
    writeFileSync(file, text, "latin1");
    expect(await importDump(file)).toEqual({
      code: 1,
      output: expect.stringMatching(/^The file is not valid UTF-8.*\n$/),
    });
    expect(await findUserByEmail(world.db.query, "joerg@example.com")).toBeUndefined();
  });

  test("by PowerShell's > is read", async () => {
    const file = `${folder.path}/utf16.json`;
    writeFileSync(file, `\uFEFF${text}\r\n`, "utf16le");
    expect((await importDump(file)).code).toBe(0);
    await signedIn("jörg");
  });
});

describe("while both sites run", () => {
  const address = (user: number, email: string) => ({
    model: "account.emailaddress",
    pk: user,
    fields: { user, email, verified: true, primary: true },
  });
  const person = (pk: number, fields: Person = {}) => ({
    ...{ pk, username: `both${pk}`, email: `both${pk}@example.com`, is_active: true },
    ...fields,
  });
  const first = [1, 2, 3, 4, 5, 6, 7].map((pk) => person(600 + pk));
  const second = [
    person(601),
    person(602, { username: "renamed", email: "renamed@example.com", first_name: "New" }),
    // The address that the one before has given up.
    person(608, { email: "both602@example.com" }),
    person(603, {
      is_active: false,
      last_login: "2026-11-01T12:00:00Z",
      password: stored.replace("pbkdf2_sha256", "sha1"),
    }),
    person(604, { email: "elsewhere@example.com", is_active: false }),
    person(605, { first_name: "There" }),
    person(606, { first_name: "There" }),
    person(607),
  ];
  const users = () =>
    world.db.query
      .selectFrom("users")
      .selectAll()
      .where("username_key", "like", "%both%")
      .orderBy("id")
      .execute();
  let used: Browser;

  beforeAll(async () => {
    expect((await lines(dump("first", first))).at(-1)).toMatch(/: 7 imported/);
    // Two have come already, one has confirmed the address, one is gone again.
    ({ browser: used } = await signedIn("both604"));
    const { browser, access_token: token } = await signedIn("both605");
    const body = { name: "Here" };
    expect((await browser.send("PATCH", "/api/auth/me", { token, body })).status).toBe(200);
    const reset = await world.resetToken("both606@example.com");
    const choice = { token: reset, password: newPassword };
    expect((await world.visitor().post(routes.reset, { body: choice })).status).toBe(204);
    await world.db.query.deleteFrom("users").where("username", "=", "both607").execute();
  });

  const expected = (would = "") => [
    'record 2 "renamed": changed: username, email address, name',
    'record 4 "both603": changed: active, password, last sign-in',
    'record 4 "both603": it needs a new password: sha1 is not used here',
    'record 5 "both604": used here; differs there: email address, active',
    'record 6 "both605": used here; differs there: name',
    'record 7 "both606": used here; differs there: name',
    'record 8 "both607": skipped, its account here was deleted',
    `8 records: 1 ${would}imported, 2 ${would}updated, 1 there already and untouched, ` +
      "3 used here and untouched, 1 skipped.",
  ];

  test("without --update, accounts stay as they were first imported", async () => {
    const before = await users();
    expect((await lines(dump("second", second))).at(-1)).toBe(
      "8 records: 0 imported, 6 there already and untouched, 2 skipped.",
    );
    expect(await users()).toEqual(before);
  });

  test("--update can be tried first, which changes nothing", async () => {
    const before = await world.everything();
    const file = dump("second", second);
    expect(await lines(file, "--update", "--dry-run")).toEqual([0, ...expected("would be ")]);
    expect(await world.everything()).toBe(before);
  });

  test("--update takes over what has changed there, where nobody has come yet", async () => {
    const before = await users();
    const file = dump("second", second);
    expect(await lines(file, "--update")).toEqual([0, ...expected()]);
    const find = (name: string) => findUserByIdentifier(world.db.query, name);
    expect((await signedIn("renamed@example.com")).user).toMatchObject({
      username: "renamed",
      name: "New",
    });
    expect(await find("both602")).toBeUndefined();
    expect((await find("both602@example.com"))?.username).toBe("both608");
    expect(await find("both603")).toMatchObject({
      ...{ is_active: 0, password_hash: "", last_login_at: Date.parse("2026-11-01T12:00:00Z") },
    });
    expect(await find("both607")).toBeUndefined();
    for (const name of ["both601", "both604", "both605", "both606"]) {
      expect(await find(name)).toEqual(before.find(({ username }) => username === name));
    }
    expect((await used.refresh()).status).toBe(200);
    await signedIn("both606", newPassword);
  });

  test("--update again changes nothing", async () => {
    const file = dump("second", second);
    const outcome =
      /: 0 imported, 0 updated, 3 there already and untouched, 4 used here and untouched, 1 skipped/;
    const before = await users();
    expect((await lines(file, "--update")).at(-1)).toMatch(outcome);
    expect(await users()).toEqual(before);
  });

  test("an address verified there later is verified here; never the other way round", async () => {
    const people = [person(601)];
    const verified = dump("verified", people, "auth.user", [address(601, "both601@example.com")]);
    expect((await lines(verified, "--update"))[1]).toBe(
      'record 1 "both601": changed: verified address',
    );
    const before = await users();
    expect((await lines(dump("plain", people), "--update")).at(-1)).toMatch(
      /: 0 imported, 0 updated, 1 there/,
    );
    expect(await users()).toEqual(before);
    expect((await signedIn("both601")).user.email_verified).toBe(true);
  });

  test("an account that an operator has changed here belongs to this site", async () => {
    const people = [person(611), person(612)];
    await lines(dump("operator", people));
    expect((await run("scripts/user.ts", world.settings, "disable", "both611")).code).toBe(0);
    const changed = people.map((each) => ({ ...each, first_name: "New" }));
    expect(await lines(dump("operator", changed), "--update")).toEqual([
      0,
      'record 1 "both611": used here; differs there: name, active',
      'record 2 "both612": changed: name',
      expect.stringMatching(/: 0 imported, 1 updated, 0 there already and untouched, 1 used here/),
    ]);
  });

  test("an address or name that is taken here is not taken away", async () => {
    await world.signUp({ username: "resident", email: "resident@example.com" });
    const people = [person(621), person(622), person(623)];
    await lines(dump("clash", people));
    const changed = [
      person(621, { username: "Resident" }),
      person(622, { email: "Resident@example.com" }),
      person(623, { email: "both622@example.com" }),
    ];
    const before = await users();
    expect(await lines(dump("clash", changed), "--update")).toEqual([
      0,
      'record 1 "Resident": skipped, an account here has its username (capitals make no difference)',
      'record 2 "both622": skipped, an account here has its email address',
      'record 3 "both623": skipped, an account here has its email address',
      "3 records: 0 imported, 0 updated, 0 there already and untouched, 0 used here and untouched, 3 skipped.",
    ]);
    expect(await users()).toEqual(before);
  });

  test("two updates at once end as one would", async () => {
    const people = Array.from({ length: 300 }, (_, index) => person(3_000 + index));
    await lines(dump("many", people));
    const file = dump(
      "many",
      people.map((each) => ({ ...each, first_name: "New" })),
    );
    const both = await Promise.all([importDump(file, "--update"), importDump(file, "--update")]);
    expect(both.map(({ code }) => code)).toEqual([0, 0]);
    const named = (await users()).filter(
      ({ name, username }) => name === "New" && username.startsWith("both3"),
    );
    expect(named).toHaveLength(300);
  });
});
