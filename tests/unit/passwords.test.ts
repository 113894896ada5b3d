import { hash } from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { createLimiter, QueueFullError } from "#lib/auth/guard/limiter.ts";
import {
  hashPassword,
  needsRehash,
  readStoredPassword,
  verifyPassword,
} from "#lib/auth/password/hash.ts";
import { refusePassword } from "#lib/auth/password/policy.ts";
import django from "../fixtures/django-hashes.json" with { type: "json" };
import oldSite from "../fixtures/django-old-site.json" with { type: "json" };

/** The hash of a user of the old Django site. */
const storedFor = (username: string) =>
  oldSite.find(({ fields }) => fields.username === username)?.fields.password ?? "";

const owner = { username: "ada.lovelace", email: "countess@example.com", name: "Ada King" };
const refuse = (password: string, passwordMinLength = 8) =>
  refusePassword(password, owner, { passwordMinLength, breachedPasswordsUrl: undefined });

describe("a chosen password", () => {
  test.each(["correct horse", "ünïcödé!", "        ", "12345678901234567890x", "a\0b\0c\0d\0e"])(
    "may be %j",
    async (password) => {
      expect(await refuse(password)).toBeUndefined();
    },
  );

  test.each([
    ["seven77", /at least 8/],
    ["e\u0301".repeat(7), /at least 8/],
    ["x".repeat(257), /at most 256/],
    ["12345678", /most common/],
    ["PassWord1", /most common/],
    ["Ada.Lovelace", /username/],
    ["countess@example.com", /email/],
    ["ADA KING", /name/],
    ["latchkey", /guess/],
    ["lone \ud800 surrogate", /Unicode/],
  ])("may not be %j", async (password, reason) => {
    expect(await refuse(password)).toMatch(reason);
  });

  test("is measured in code points after NFC", async () => {
    expect(await refuse("e\u0301".repeat(256))).toBeUndefined();
    expect(await refuse("😀".repeat(8))).toBeUndefined();
    expect(await refuse("😀".repeat(14), 15)).toMatch(/at least 15/);
  });
});

describe("a hashed password", () => {
  test("is argon2id with the parameters that OWASP recommends", async () => {
    expect(await hashPassword("correct horse")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test("is verified in full, and in either Unicode normalization form", async () => {
    const long = `caf\u00e9${"x".repeat(200)}`;
    const stored = await hashPassword(long);
    expect(await verifyPassword(long, stored)).toBe(true);
    expect(await verifyPassword(long.normalize("NFD"), stored)).toBe(true);
    expect(await verifyPassword(long.slice(0, -1), stored)).toBe(false);
    expect(await verifyPassword(`${long}\0`, stored)).toBe(false);
  });

  test("does not match an ill-formed password that encodes to the same bytes", async () => {
    const stored = await hashPassword("a\ufffdb");
    expect(await verifyPassword("a\ud800b", stored)).toBe(false);
    expect(await verifyPassword("a\ufffdb", stored)).toBe(true);
  });

  test("of an unknown user never matches", async () => {
    expect(await verifyPassword("", undefined)).toBe(false);
    expect(await verifyPassword("anything", undefined)).toBe(false);
  });

  test("is rehashed once today's parameters cost more, and only then", async () => {
    const weaker = [{ memoryCost: 8_192 }, { timeCost: 1 }, { memoryCost: 65_536, timeCost: 1 }];
    for (const cost of weaker) {
      const stored = await hash("x", { memoryCost: 19_456, timeCost: 2, parallelism: 1, ...cost });
      expect(await verifyPassword("x", stored)).toBe(true);
      expect(needsRehash(stored)).toBe(true);
    }
    expect(needsRehash(await hashPassword("x"))).toBe(false);
    const stronger = await hash("x", { memoryCost: 32_768, timeCost: 3, parallelism: 2 });
    expect(await verifyPassword("x", stronger)).toBe(true);
    expect(needsRehash(stronger)).toBe(false);
  });
});

describe("a hash that Django created", () => {
  test.each(django.hashes)("is verified: $name", async ({ password, hash: stored }) => {
    expect(await verifyPassword(password, stored)).toBe(true);
    expect(needsRehash(stored)).toBe(true);
    expect(await verifyPassword(`${password}.`, stored)).toBe(false);
  });

  // case: commonknowledge/leftbookclub#18
  test.each(["bcrypt", "old-bcrypt", "php", "bcrypt_sha256", "argon2", "pbkdf2_sha1"])(
    "long ago is verified: %s",
    async (name) => {
      const stored = storedFor(`with-${name}`);
      expect(await verifyPassword("correct horse battery", stored)).toBe(true);
      expect(needsRehash(stored)).toBe(true);
      expect(await verifyPassword("correct horse batterz", stored)).toBe(false);
    },
  );

  test.each(["sha1", "md5", "unsalted_sha1", "unsalted_md5", "crypt"])(
    "so fast that it is soon guessed is never verified: %s",
    async (name) => {
      const stored = storedFor(`with-${name}`);
      expect(readStoredPassword(stored).kind).toBe("unknown_format");
      expect(await verifyPassword("correct horse battery", stored)).toBe(false);
    },
  );

  const composed = django.hashes.filter(({ name }) => name.endsWith("composed"));
  test.each(composed)("matches composed letters, however typed: $name", async (made) => {
    const typed = made.password.normalize("NFD");
    expect(await verifyPassword(typed, made.hash)).toBe(true);
  });

  test("does not match a password that is not valid Unicode", async () => {
    const [{ hash: stored } = { hash: "" }] = django.hashes;
    expect(await verifyPassword("lone \ud800 surrogate", stored)).toBe(false);
  });
});

describe("a stored hash that nothing can match", () => {
  const [pbkdf2, argon2, bcrypt, scrypt] = [
    "pbkdf2_sha256",
    "argon2$argon2id",
    "bcrypt_sha256",
    "scrypt",
  ].map((format) => django.hashes.find(({ hash: made }) => made.startsWith(format))?.hash ?? "");

  test.each([
    ["PBKDF2", pbkdf2?.replace("$600000$", "$100000000$")],
    ["bcrypt", bcrypt?.replace("$12$", "$31$")],
    ["scrypt's memory", scrypt?.replace("$16384$", "$16777216$")],
    ["scrypt's parallelism", scrypt?.replace("$8$1$", "$8$999$")],
    ["Django's argon2", argon2?.replace("m=102400", "m=4194304")],
    ["argon2's passes", argon2?.replace("t=2", "t=4000000000")],
    ["our argon2", argon2?.replace("argon2$", "$").replace("m=102400", "m=4194304")],
  ])("because %s would cost too much is not computed", async (_, stored = "") => {
    expect(readStoredPassword(stored).kind).toBe("too_costly");
    const started = performance.now();
    expect(await verifyPassword("correct horse battery", stored)).toBe(false);
    expect(performance.now() - started).toBeLessThan(2_000);
    expect(needsRehash(stored)).toBe(false);
  });

  test.each([
    ["md5$salt$5f4dcc3b5aa765d61d8327deb882cf99"],
    ["5f4dcc3b5aa765d61d8327deb882cf99"],
    ["bcrypt$$2x$12$iQtTwC4DF90bjLsg0X8SEuihw.rtoY0KYBjwpvCuvWPNF2SpD2jg2"],
    ["bcrypt$bcrypt$$2b$12$iQtTwC4DF90bjLsg0X8SEuihw.rtoY0KYBjwpvCuvWPNF2SpD2jg2"],
    [pbkdf2?.replace("$600000$", "$0$")],
    [pbkdf2?.slice(0, -8)],
    [bcrypt?.slice(0, -1)],
    [bcrypt?.replace("$12$", "$03$")],
    [scrypt?.replace("$16384$", "$16383$")],
    [argon2?.replace("m=102400", "m=1")],
    [argon2?.replace("v=19", "v=16")],
    [argon2?.replace("argon2$argon2id", "$argon2i")],
    ["$argon2id$"],
    ["plain text"],
  ])("because its format is unknown never throws: %s", async (stored = "") => {
    expect(readStoredPassword(stored).kind).toBe("unknown_format");
    expect(await verifyPassword("correct horse battery", stored)).toBe(false);
  });

  test.each(["", "!", django.unusable])("because there is no password: %j", async (stored) => {
    expect(readStoredPassword(stored).kind).toBe("none");
    for (const password of ["", stored, "!"]) {
      expect(await verifyPassword(password, stored)).toBe(false);
    }
    expect(needsRehash(stored)).toBe(false);
  });
});

describe("the limiter that hashing goes through", () => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open: () => open(), opened };
  };

  test("runs no more tasks at once than its limit, first come, first served", async () => {
    const run = createLimiter(2, 100);
    const order: number[] = [];
    let now = 0;
    let most = 0;
    await Promise.all(
      Array.from({ length: 30 }, (_, i) =>
        run(async () => {
          now += 1;
          most = Math.max(most, now);
          order.push(i);
          await new Promise((resolve) => setImmediate(resolve));
          now -= 1;
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  test("refuses a task when its queue is full, and goes on after a failure", async () => {
    const run = createLimiter(1, 1);
    const { open, opened } = gate();
    const first = run(() => opened);
    const second = run(async () => {
      throw new Error("failed");
    });
    await expect(run(async () => {})).rejects.toThrow(QueueFullError);
    open();
    await first;
    await expect(second).rejects.toThrow("failed");
    expect(await run(async () => "next")).toBe("next");
  });
});
