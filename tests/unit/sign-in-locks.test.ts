import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { AuthContext } from "#lib/auth/context.ts";
import { createDeviceCookie, sealDeviceCookie } from "#lib/auth/guard/device-cookie.ts";
import { QueueFullError } from "#lib/auth/guard/limiter.ts";
import { consume, forgetFailures, RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { signInWithPassword } from "#lib/auth/password/sign-in.ts";
import type { Visitor } from "#lib/auth/sign-in.ts";
import { newBrowser, newCore, password } from "../support/context.ts";

let core: Awaited<ReturnType<typeof newCore>>;
let networks = 0;

beforeEach(async () => {
  core = await newCore();
});
afterEach(() => core.close());

const options = { remember: true, delivery: "cookie" } as const;
const somewhere = () => core.from(`198.51.100.${++networks}`);

/** What the response to a sign-in says. */
async function attempt(
  username: string,
  word: string,
  context: AuthContext = somewhere(),
  visitor: Visitor = newBrowser,
): Promise<string> {
  const credentials = { username, password: word };
  try {
    return (await signInWithPassword(context, visitor, credentials, options)).kind;
  } catch (error) {
    if (error instanceof RateLimitedError) return "429";
    if (error instanceof QueueFullError) return "503";
    throw error;
  }
}

// red team 7
describe("a lock", () => {
  test("says nothing about the account's other name", async () => {
    const { username, email } = await core.addUser("oracle");
    for (let i = 0; i < 10; i += 1)
      expect(await attempt(username, "wrong")).toBe("invalid_credentials");
    expect(await attempt(username, "wrong")).toBe("429");
    // By its address the account looks like one that does not exist.
    for (const name of [email, "stranger@example.com"]) {
      const said: string[] = [];
      for (let i = 0; i < 11; i += 1) said.push(await attempt(name, "wrong"));
      expect(said).toEqual([...Array(10).fill("invalid_credentials"), "429"]);
    }
  });

  test("gives nobody twice the guesses: the right password is not compared under the other name", async () => {
    const { username, email, id } = await core.addUser("ada");
    for (let i = 0; i < 5; i += 1) await attempt(username, "wrong");
    for (let i = 0; i < 5; i += 1) await attempt(email, "wrong");
    expect(await attempt(username, password)).toBe("invalid_credentials");
    expect(await attempt(email, password)).toBe("invalid_credentials");
    const locked = await core.context.db.query
      .selectFrom("audit_events")
      .select("id")
      .where("user_id", "=", id)
      .where("detail", "=", "locked")
      .execute();
    expect(locked).toHaveLength(2);
    // The block passes, as it does under the name that was typed.
    const later = { ...somewhere(), now: core.context.now + 31_000 };
    expect(await attempt(email, password, later)).toBe("signed_in");
  });

  test("costs as many writes for a name without an account", async () => {
    const { username } = await core.addUser("ada");
    const count = async () =>
      (await core.context.db.query.selectFrom("rate_limits").select("key").execute()).length;
    const before = await count();
    await attempt(username, "wrong");
    const known = (await count()) - before;
    await attempt("nobody", "wrong");
    expect((await count()) - before - known).toBe(known);
  });

  test("ends with a new password, under both names", async () => {
    const user = await core.addUser("ada");
    for (let i = 0; i < 11; i += 1) await attempt(user.username, "wrong");
    for (let i = 0; i < 11; i += 1) await attempt(user.email, "wrong");
    await forgetFailures(core.context, user);
    expect(await attempt(user.username, password)).toBe("signed_in");
    expect(await attempt(user.email, password)).toBe("signed_in");
  });
});

// red team 2
describe("a flood of sign-ins with a right password", () => {
  test("leaves room for others, and a 503 is never counted as a wrong password", {
    timeout: 60_000,
  }, async () => {
    const hostile = await core.addUser("hostile");
    const honest = await core.addUser("honest");
    // Marks as the sign-ins of 25 browsers leave them: each browser counts by itself.
    const browsers = await Promise.all(
      Array.from({ length: 25 }, async () => ({
        ...newBrowser,
        deviceCookie: await sealDeviceCookie(
          createDeviceCookie(hostile, core.context.now),
          core.context.keyring,
        ),
      })),
    );
    let running = true;
    const seen = new Map<string, number>();
    const flood = Array.from({ length: 200 }, async (_, i) => {
      while (running) {
        const said = await attempt("hostile", password, core.from("203.0.113.1"), browsers[i % 25]);
        seen.set(said, (seen.get(said) ?? 0) + 1);
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    });
    const outcomes: string[] = [];
    let slowest = 0;
    for (let i = 0; i < 15; i += 1) {
      const started = performance.now();
      outcomes.push(await attempt("honest", password));
      slowest = Math.max(slowest, performance.now() - started);
    }
    running = false;
    await Promise.all(flood);
    expect(outcomes).toEqual(Array(15).fill("signed_in"));
    expect(slowest).toBeLessThan(2_000);
    // Right passwords are limited as well, and the queue refuses the rest.
    expect(seen.get("signed_in")).toBeLessThanOrEqual(60);
    expect(seen.get("invalid_credentials")).toBeUndefined();
    expect(honest.username).toBe("honest");
    // None of the 503 has locked the account's owner, or their network, out.
    const later = { ...core.from("203.0.113.1"), now: core.context.now + 16 * 60_000 };
    expect(await attempt("hostile", password, later)).toBe("signed_in");
  });

  test("refunds no guess whose second hash is refused, where sign-ups wait", async () => {
    const required = await newCore({
      EMAIL_VERIFICATION: "required",
      RATE_LIMIT_HASHES_BY_NETWORK: "20/15m",
    });
    const { username, id } = await required.addUser("ada");
    const network = () => required.from(`198.51.100.${++networks}`);
    for (let round = 0; round < 2; round += 1) {
      const context = network();
      // The network has one hash left for each guess.
      for (let i = 0; i < 15; i += 1) {
        await consume(context, { kind: "hashes by network", of: context.caller.network });
      }
      const said = await Promise.all(
        Array.from({ length: 5 }, () => attempt(username, "wrong", context)),
      );
      expect(said).toContain("429");
    }
    const context = network();
    expect(await consume(context, { kind: "failures in a row by account", of: id })).toBe(11);
    await required.close();
  });

  test("costs its owner no attempt where the queue refuses", async () => {
    const many = "1000/15m";
    const open = await newCore({
      RATE_LIMIT_LOGIN_BY_ADDRESS: many,
      RATE_LIMIT_LOGIN_BY_NAME: many,
      RATE_LIMIT_LOGIN_BY_ACCOUNT: many,
      RATE_LIMIT_FAILURES_IN_A_ROW_BY_NAME: many,
      RATE_LIMIT_FAILURES_IN_A_ROW_BY_ACCOUNT: many,
      RATE_LIMIT_HASHES_BY_ACCOUNT: many,
    });
    const { username, id } = await open.addUser("rush");
    const context = open.from("192.0.2.9");
    const said = await Promise.all(
      Array.from({ length: 230 }, () => attempt(username, "wrong", context)),
    );
    const compared = said.filter((one) => one === "invalid_credentials").length;
    expect(said.filter((one) => one === "503")).toHaveLength(230 - compared);
    expect(compared).toBeLessThan(230);
    for (const limit of [
      { kind: "login by address", of: "192.0.2.9" },
      { kind: "login by name", of: username },
      { kind: "login by account", of: id },
      { kind: "failures in a row by name", of: username },
      { kind: "failures in a row by account", of: id },
      { kind: "hashes by account", of: username },
      { kind: "hashes by network", of: "192.0.2.9" },
    ] as const) {
      expect(await consume(context, limit)).toBe(compared + 1);
    }
    await open.close();
  });
});
