import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DumpRecord, readDump, readUser } from "#lib/auth/import/django-dump.ts";
import { isRandomId } from "#lib/crypto/random.ts";
import django from "../fixtures/django-hashes.json" with { type: "json" };

const now = Date.parse("2026-11-24T12:00:00Z");
const [{ hash: password } = { hash: "" }] = django.hashes;

function record(fields: Record<string, unknown>, pk: number | string | null = 7): DumpRecord {
  const base = { password, username: "ada", email: "ada@example.com" };
  return { model: "auth.user", pk, fields: { ...base, ...fields } };
}

function importable(fields: Record<string, unknown>, pk?: number | string | null) {
  const read = readUser(record(fields, pk), 3, now);
  if (read.kind !== "user") throw new Error(read.why);
  return read.user;
}

describe("a dump", () => {
  const users = [record({}), record({ username: "bob", email: "bob@example.com" }, 8)];
  const group = { model: "auth.group", pk: 1, fields: { name: "staff", permissions: [] } };

  test("written by Django is read", () => {
    const written = readFileSync("tests/fixtures/django-dump.json", "utf8");
    const dump = readDump(written, "auth.User");
    expect(dump).toMatchObject({ kind: "users", records: { length: 12 } });
    expect(readDump(written, undefined)).toEqual(dump);
  });

  test("may be JSON Lines and may contain other models", () => {
    const lines = [group, ...users].map((each) => JSON.stringify(each)).join("\n");
    expect(readDump(`${lines}\n`, undefined)).toEqual({ kind: "users", records: users });
  });

  test("with two user models is refused with a hint to --model", () => {
    const customer = { model: "shop.customer", pk: 1, fields: { password: "", email: "c@e.com" } };
    const text = JSON.stringify([...users, customer]);
    const message = expect.stringMatching(/auth\.user, shop\.customer.*--model/);
    expect(readDump(text, undefined)).toEqual({ kind: "refused", message });
    expect(readDump(text, "shop.Customer")).toEqual({ kind: "users", records: [customer] });
  });

  test.each([
    ["", undefined, /No record has/],
    ["[]", undefined, /No record has/],
    [JSON.stringify([group]), undefined, /No record has/],
    [JSON.stringify(users), "shop.User", /no record of shop\.User.*auth\.user/],
    ["{", undefined, /not what manage\.py/],
    ["[1, 2]", undefined, /not what manage\.py/],
    ['{"users": []}', undefined, /not what manage\.py/],
  ])("that holds no users is refused: %j", (text, model, message) => {
    expect(readDump(text, model)).toEqual({
      kind: "refused",
      message: expect.stringMatching(message),
    });
  });
});

describe("a user of a dump", () => {
  test("keeps the fields that Django stores", () => {
    const { user, usernames } = importable({
      first_name: "Ada",
      last_name: "Lovelace",
      is_active: false,
      is_staff: true,
      is_superuser: false,
      date_joined: "2019-03-14T15:09:26.535Z",
      last_login: "2024-03-01T00:59:59+01:00",
    });
    expect(user).toEqual({
      id: expect.toSatisfy(isRandomId),
      deletes_at: null,
      email: "ada@example.com",
      email_key: "ada@example.com",
      email_verified: 0,
      name: "Ada Lovelace",
      role: "admin",
      is_active: 0,
      password_hash: password,
      joined_at: Date.parse("2019-03-14T15:09:26.535Z"),
      last_login_at: Date.parse("2024-02-29T23:59:59Z"),
    });
    expect(usernames).toEqual(["ada"]);
  });

  test("of a model with few fields gets defaults for the rest", () => {
    const fields = { username: undefined, email: "Ada.L@Example.com", name: "Ada\nL" };
    const { user, usernames } = importable(fields);
    expect(user).toMatchObject({
      email: "Ada.L@Example.com",
      email_key: "ada.l@example.com",
      name: "Ada L",
      role: "user",
      is_active: 1,
      joined_at: now,
      last_login_at: null,
    });
    expect(usernames).toEqual(["Ada.L", "Ada.L-7"]);
  });

  test("without a time zone has its times read as UTC", () => {
    const { user } = importable({ date_joined: "2019-03-14T15:09:26" });
    expect(user.joined_at).toBe(Date.parse("2019-03-14T15:09:26Z"));
  });

  test.each([
    ["ada@example.com", ["ada", "ada-7"]],
    ["ada+test", ["ada-test", "ada-test-7"]],
    ["müller", ["muller", "muller-7"]],
    [".dot.", ["dot", "dot-7"]],
    ["李雷", ["user-7"]],
    ["a", ["user-7"]],
    ["x".repeat(150), ["x".repeat(48), `${"x".repeat(48)}-7`]],
  ])("called %j gets a username that is allowed here", (username, usernames) => {
    expect(importable({ username })).toMatchObject({ usernames, keepsUsername: false });
  });

  test("without a numeric key is numbered by its position in the dump", () => {
    const { usernames } = importable({ username: "@" }, "0b5e7c1e-uuid");
    expect(usernames).toEqual(["user-3"]);
  });

  test("may have its email address in the username only", () => {
    const { user, note } = importable({ username: "ada@example.com", email: "" });
    expect(user.email).toBe("ada@example.com");
    expect(note).toMatch(/serves as the email/);
  });

  test("without a usable password is imported without a hash", () => {
    expect(importable({ password: django.unusable }).user.password_hash).toBe("");
    expect(importable({ password: "" }).user.password_hash).toBe("");
  });

  test.each([
    [{ email: "" }, /no email/],
    [{ email: null }, /no email/],
    [{ email: "ada@localhost" }, /not valid/],
    [{ password: "md5$salt$5f4dcc3b5aa765d61d8327deb882cf99" }, /format not known/],
    [{ password: password.replace("$600000$", "$6$\0") }, /format not known/],
    [{ password: password.replace("600000", "600000000") }, /too long to verify/],
  ])("is skipped with a reason: %j", (fields, why) => {
    const read = readUser(record(fields), 3, now);
    expect(read).toEqual({ kind: "skipped", why: expect.stringMatching(why) });
  });

  test("has the same id in every dump of its site, and another id on every other site", () => {
    const joined = { date_joined: "2019-03-14T15:09:26.535Z" };
    const { id } = importable(joined).user;
    const renamed = { ...joined, username: "countess", email: "countess@example.com" };
    expect(importable(renamed).user.id).toBe(id);
    expect(importable(joined, 8).user.id).not.toBe(id);
    expect(importable({ date_joined: "2020-01-01T00:00:00Z" }).user.id).not.toBe(id);
    expect(importable({}, null).user.id).toBe(importable({}, null).user.id);
  });
});
