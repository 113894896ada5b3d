import { hash } from "@node-rs/argon2";
import { describe, expect, test } from "vitest";
import { createLane, LaneFullError } from "#lib/auth/lane.ts";
import { hashPassword, verifyPassword } from "#lib/auth/password-hash.ts";
import { refusePassword } from "#lib/auth/password-policy.ts";

const owner = { username: "ada.lovelace", email: "countess@example.com", name: "Ada King" };
const refuse = (password: string, minLength = 8) => refusePassword(password, owner, minLength);

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
  test("is argon2id with OWASP's parameters or stronger", async () => {
    expect(await hashPassword("correct horse")).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
  });

  test("is verified whole, and in every composition of its letters", async () => {
    const long = `caf\u00e9${"x".repeat(200)}`;
    const stored = await hashPassword(long);
    expect(await verifyPassword(long, stored)).toBe(true);
    expect(await verifyPassword(long.normalize("NFD"), stored)).toBe(true);
    expect(await verifyPassword(long.slice(0, -1), stored)).toBe(false);
    expect(await verifyPassword(`${long}\0`, stored)).toBe(false);
  });

  test("is not matched by an ill-formed one that has the same bytes", async () => {
    const stored = await hashPassword("a\ufffdb");
    expect(await verifyPassword("a\ud800b", stored)).toBe(false);
    expect(await verifyPassword("a\ufffdb", stored)).toBe(true);
  });

  test("of nobody is never right", async () => {
    expect(await verifyPassword("", undefined)).toBe(false);
    expect(await verifyPassword("anything", undefined)).toBe(false);
  });

  test("with an absurd cost is refused before it is computed", async () => {
    const stored = await hash("x", { memoryCost: 19_456 });
    const absurd = stored.replace("m=19456", "m=4194304");
    await expect(verifyPassword("x", absurd)).rejects.toThrow(/accepted cost/);
  });
});

describe("the lane that hashing goes through", () => {
  const gate = () => {
    let open = () => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    return { open: () => open(), opened };
  };

  test("runs no more at once than it is wide, first come first served", async () => {
    const run = createLane(2, 100);
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

  test("turns away who would wait too long, and goes on after a failure", async () => {
    const run = createLane(1, 1);
    const { open, opened } = gate();
    const first = run(() => opened);
    const second = run(async () => {
      throw new Error("failed");
    });
    await expect(run(async () => {})).rejects.toThrow(LaneFullError);
    open();
    await first;
    await expect(second).rejects.toThrow("failed");
    expect(await run(async () => "next")).toBe("next");
  });
});
