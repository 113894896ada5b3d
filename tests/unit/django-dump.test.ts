import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type DumpedAddress, type DumpRecord, readDump } from "#lib/auth/import/django-dump.ts";
import { readUser } from "#lib/auth/import/django-user.ts";
import { isRandomId } from "#lib/crypto/random.ts";
import django from "../fixtures/django-hashes.json" with { type: "json" };

const now = Date.parse("2026-11-24T12:00:00Z");
const [{ hash: password } = { hash: "" }] = django.hashes;

function record(fields: Record<string, unknown>, pk: number | string | null = 7): DumpRecord {
  const base = { password, username: "ada", email: "ada@example.com" };
  return { model: "auth.user", pk, fields: { ...base, ...fields } };
}

function importable(
  fields: Record<string, unknown>,
  pk?: number | string | null,
  addresses: DumpedAddress[] = [],
) {
  const read = readUser(record(fields, pk), 3, now, addresses);
  if (read.kind !== "user") throw new Error(read.why);
  return read.user;
}

const read = (file: string | Uint8Array, model?: string) => readDump([Buffer.from(file)], model);

/** The users of a dump, without what finds their addresses. */
const users = (records: unknown) => expect.objectContaining({ kind: "users", records });

describe("a dump", () => {
  const people = [record({}), record({ username: "bob", email: "bob@example.com" }, 8)];
  const group = { model: "auth.group", pk: 1, fields: { name: "staff", permissions: [] } };

  test("written by Django is read", async () => {
    const written = readFileSync("tests/fixtures/django-dump.json", "utf8");
    const dump = await read(written, "auth.User");
    expect(dump).toMatchObject({ kind: "users", records: { length: 12 } });
    expect(await read(written)).toMatchObject({ records: "records" in dump && dump.records });
  });

  test("may be JSON Lines and may contain other models", async () => {
    const lines = [group, ...people].map((each) => JSON.stringify(each)).join("\n");
    expect(await read(`${lines}\n`)).toEqual(users(people));
  });

  test("with two user models is refused with a hint to --model", async () => {
    const customer = { model: "shop.customer", pk: 1, fields: { password: "", email: "c@e.com" } };
    const text = JSON.stringify([...people, customer]);
    const message = expect.stringMatching(/auth\.user, shop\.customer.*--model/);
    expect(await read(text)).toEqual({ kind: "refused", message });
    expect(await read(text, "shop.Customer")).toEqual(users([customer]));
  });

  test.each([
    ["", undefined, /No record has/],
    ["[]", undefined, /No record has/],
    [JSON.stringify([group]), undefined, /No record has/],
    [JSON.stringify(people), "shop.User", /no record of shop\.User.*auth\.user/],
    ["{", undefined, /not what manage\.py/],
    ["[1, 2]", undefined, /not what manage\.py/],
    ['{"users": []}', undefined, /not what manage\.py/],
    ["[{]", undefined, /not what manage\.py/],
    [`${JSON.stringify(people)}]`, undefined, /not what manage\.py/],
    [JSON.stringify(people).slice(0, -1), undefined, /Its end is missing/],
    [JSON.stringify(people).slice(0, -9), undefined, /Its end is missing/],
  ])("that holds no users is refused: %j", async (text, model, message) => {
    expect(await read(text, model)).toEqual({
      kind: "refused",
      message: expect.stringMatching(message),
    });
  });
});

// case: supabase/cli#6397
describe("the file of a dump", () => {
  const zoe = record({
    username: "zoë",
    first_name: 'a "quoted\\" {name}',
    last_name: "\u{1F511}",
  });
  const text = JSON.stringify([zoe, record({}, 8)], null, 1);
  const utf16 = Buffer.from(`\uFEFF${text}`, "utf16le");

  test.each([
    ["UTF-8", Buffer.from(text)],
    ["UTF-8 with a byte order mark", Buffer.from(`\uFEFF${text}`)],
    ["UTF-16, as PowerShell's > writes", utf16],
    ["UTF-16 of the other byte order", Buffer.from(utf16).swap16()],
    ["CRLF", Buffer.from(text.replaceAll("\n", "\r\n"))],
    [
      "JSON Lines with CRLF",
      Buffer.from(`${JSON.stringify(zoe)}\r\n${JSON.stringify(record({}, 8))}`),
    ],
  ])("may be %s, in pieces of any length", async (_, bytes) => {
    for (const length of [1, 2, 3, 7, bytes.length]) {
      const pieces = Array.from({ length: Math.ceil(bytes.length / length) }, (_, piece) =>
        bytes.subarray(piece * length, (piece + 1) * length),
      );
      expect(await readDump(pieces, undefined)).toEqual(users([zoe, record({}, 8)]));
    }
  });

  test.each([
    ["cp1252", Buffer.from(text, "latin1")],
    ["UTF-8 that ends in the middle of a letter", Buffer.from('[{"ë').subarray(0, -1)],
    ["half of a UTF-16 letter", utf16.subarray(0, -1)],
    ["a single byte", Buffer.from([0xeb])],
  ])("is refused if it is %s, and no letter becomes U+FFFD", async (_, bytes) => {
    const message = expect.stringMatching(/not valid UTF-(8|16LE).*-X utf8/);
    expect(await readDump([bytes], undefined)).toEqual({ kind: "refused", message });
  });

  test("may have a letter that was lost before, and the report says so", () => {
    expect(importable({ first_name: "Zo\uFFFD" }).notes).toEqual([
      expect.stringMatching(/U\+FFFD/),
    ]);
    expect(importable({ username: "zo\uFFFD" })).toMatchObject({ username: undefined });
  });

  test("may be larger than memory, if most of it is about something else", async () => {
    const entry = { model: "admin.logentry", pk: 1, fields: { note: "x".repeat(10_000) } };
    const piece = Buffer.from(`${JSON.stringify(entry)}\n`.repeat(100));
    function* file() {
      yield Buffer.from(`${JSON.stringify(zoe)}\n`);
      for (let megabytes = 0; megabytes < 600; megabytes += 1) yield piece;
    }
    const before = process.memoryUsage().rss;
    expect(await readDump(file(), undefined)).toEqual(users([zoe]));
    expect(process.memoryUsage().rss - before).toBeLessThan(300e6);
  }, 60_000);

  test("is refused when one of its records has no end", async () => {
    function* file() {
      yield Buffer.from('{"model": "');
      for (;;) yield Buffer.alloc(1_000_000, "x");
    }
    const message = expect.stringMatching(/not what manage\.py/);
    expect(await readDump(file(), undefined)).toEqual({ kind: "refused", message });
  });
});

describe("a user of a dump", () => {
  test("keeps the fields that Django stores", () => {
    const { user, username } = importable({
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
    expect(username).toBe("ada");
  });

  test("of a model with few fields gets defaults for the rest", () => {
    const fields = { username: undefined, email: "Ada.L@Example.com", name: "Ada\nL" };
    const { user, username, derived } = importable(fields);
    expect(user).toMatchObject({
      email: "Ada.L@Example.com",
      email_key: "ada.l@example.com",
      name: "Ada L",
      role: "user",
      is_active: 1,
      joined_at: now,
      last_login_at: null,
    });
    expect([username, derived]).toEqual([undefined, ["Ada.L", "Ada.L-7"]]);
  });

  test("without a time zone has its times read as UTC", () => {
    const { user } = importable({ date_joined: "2019-03-14T15:09:26" });
    expect(user.joined_at).toBe(Date.parse("2019-03-14T15:09:26Z"));
  });

  test.each([
    ...[
      "zoë",
      "müller",
      "李雷",
      "Дмитрий",
      "ada@example.com",
      "ada+test",
      ".dot.",
      "-",
      "a",
      "ADA",
    ],
    ...["x".repeat(150), "Ada Lovelace"],
  ])("keeps its username: %j", (username) => {
    expect(importable({ username }).username).toBe(username);
  });

  test.each([
    ["two\nlines", ["two-lines", "two-lines-7"]],
    ["müller\u200b", ["muller", "muller-7"]],
    ["\u202egpj", ["gpj", "gpj-7"]],
    [" padded ", ["padded", "padded-7"]],
    ["two  spaces", ["two-spaces", "two-spaces-7"]],
    ["李\0雷", ["user-7"]],
    ["x".repeat(255), ["x".repeat(48), `${"x".repeat(48)}-7`]],
  ])("called %j, which cannot be typed or seen, gets another username", (username, derived) => {
    expect(importable({ username })).toMatchObject({ username: undefined, derived });
  });

  test("without a numeric key is numbered by its position in the dump", () => {
    const { derived } = importable({ username: "", email: "a@example.com" }, "0b5e-uuid");
    expect(derived).toEqual(["user-3"]);
  });

  test("may have its email address in the username only", () => {
    const { user, notes } = importable({ username: "ada@example.com", email: "" });
    expect(user.email).toBe("ada@example.com");
    expect(notes).toEqual([expect.stringMatching(/serves as the email/)]);
  });

  test("without a usable password is imported without a hash", () => {
    expect(importable({ password: django.unusable }).user.password_hash).toBe("");
    expect(importable({ password: "" }).user.password_hash).toBe("");
  });

  test.each([
    [{ email: "" }, /no email/],
    [{ email: null }, /no email/],
    [{ email: "not an address" }, /not valid/],
    [{ email: '"ada lovelace"@example.com' }, /not valid/],
    [{ email: "ada@[127.0.0.1]" }, /not valid/],
    [{ email: "ada@example.com\r\nBcc: all@example.com" }, /not valid/],
  ])("is skipped with a reason: %j", (fields, why) => {
    const read = readUser(record(fields), 3, now);
    expect(read).toEqual({ kind: "skipped", why: expect.stringMatching(why) });
  });

  // case: commonknowledge/leftbookclub#18
  test.each([
    ["md5$salt$5f4dcc3b5aa765d61d8327deb882cf99", /md5 is not used here/],
    ["md5$$5f4dcc3b5aa765d61d8327deb882cf99", /md5 is not used here/],
    ["5f4dcc3b5aa765d61d8327deb882cf99", /md5 is not used here/],
    ["sha1$salt$5baa61e4c9b93f3f0682250b6cf8331b7ee68fd8", /sha1 is not used here/],
    ["crypt$$ab1mvFMBnIbSo", /crypt is not used here/],
    ["{SSHA}somethingelse", /an unknown kind is not used here/],
    [password.replace("$600000$", "$6$\0"), /pbkdf2_sha256 is not used here/],
    [password.replace("600000", "600000000"), /takes too long to verify/],
  ])("whose hash is not used here has no password, and a reset gives it one: %j", (stored, why) => {
    const { user, notes } = importable({ password: stored });
    expect(user.password_hash).toBe("");
    expect(notes).toEqual([expect.stringMatching(/^it needs a new password/)]);
    expect(notes).toEqual([expect.stringMatching(why)]);
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

// case: pennersr/django-allauth#851
describe("the addresses of django-allauth", () => {
  const address = (email: string, { verified = false, primary = false } = {}) => ({
    ...{ email, verified, primary },
  });
  const choose = (email: string, ...addresses: DumpedAddress[]) => {
    const { user, notes } = importable({ email }, 7, addresses);
    return [user.email, user.email_verified, notes];
  };
  const verified = { verified: true };
  const primary = { verified: true, primary: true };

  test("say whether the address was verified", () => {
    expect(choose("ada@example.com", address("Ada@Example.com", primary))).toEqual([
      "Ada@Example.com",
      1,
      [],
    ]);
    expect(choose("ada@example.com", address("ada@example.com", verified))[1]).toBe(1);
    expect(choose("ada@example.com", address("ada@example.com", { primary: true }))[1]).toBe(0);
    expect(choose("ada@example.com")[1]).toBe(0);
    expect(choose("ada@bücher.example", address("ada@xn--bcher-kva.example", verified))).toEqual([
      "ada@xn--bcher-kva.example",
      1,
      [],
    ]);
  });

  test("say which is the primary one; verified is only what was verified", () => {
    const before = address("before@example.com", verified);
    expect(choose("before@example.com", before, address("after@example.com", primary))).toEqual([
      "after@example.com",
      1,
      ["its primary address is after@example.com"],
    ]);
    const unproved = address("after@example.com", { primary: true });
    expect(choose("before@example.com", before, unproved).slice(0, 2)).toEqual([
      "after@example.com",
      0,
    ]);
    const other = address("other@example.com", verified);
    expect(choose("ada@example.com", other)).toEqual([
      "ada@example.com",
      0,
      ["left out: other@example.com"],
    ]);
    expect(choose("", address("a@example.com"), other).slice(0, 2)).toEqual([
      "other@example.com",
      1,
    ]);
  });

  test("are found by their user's key", async () => {
    const file = readFileSync("tests/fixtures/django-old-site.json");
    const dump = await readDump([file], undefined);
    if (dump.kind === "refused") throw new Error(dump.message);
    const found = dump.records.map((each) => [each.fields.username, dump.addressesOf(each)]);
    expect(Object.fromEntries(found)).toMatchObject({
      zoë: [],
      verified: [
        { email: "Verified@Example.com", verified: true, primary: true },
        { email: "other@example.com", verified: true, primary: false },
      ],
      unverified: [{ email: "unverified@example.com", verified: false, primary: true }],
    });
  });

  test("are refused when they name their user by something else", async () => {
    const fields = { user: ["ada"], email: "ada@example.com", verified: true, primary: true };
    const text = JSON.stringify([record({}), { model: "account.emailaddress", pk: 1, fields }]);
    const message = expect.stringMatching(/--natural-foreign/);
    expect(await readDump([Buffer.from(text)], undefined)).toEqual({ kind: "refused", message });
  });
});
