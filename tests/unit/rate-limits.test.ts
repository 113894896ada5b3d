import { readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countHash } from "#lib/auth/guard/hash-limits.ts";
import { settingName, wrongSettings } from "#lib/auth/guard/limit-settings.ts";
import { QueueFullError } from "#lib/auth/guard/limiter.ts";
import { surroundingNetworks } from "#lib/auth/guard/networks.ts";
import { consume, type Limit, RateLimitedError, rules } from "#lib/auth/guard/rate-limits.ts";
import { readConfig } from "#lib/config/index.ts";
import { createServices } from "#lib/services.ts";
import { newCore } from "../support/context.ts";
import { secret } from "../support/server.ts";

let core: Awaited<ReturnType<typeof newCore>>;
beforeEach(async () => {
  core = await newCore();
});
afterEach(() => core.close());

/** Consumes until refused, at most 2,000 times; returns how many were allowed. */
async function countAllowed(next: (i: number) => Limit, { context } = core): Promise<number> {
  for (let allowed = 0; allowed < 2_000; allowed += 1) {
    try {
      await consume(context, next(allowed));
    } catch (error) {
      if (error instanceof RateLimitedError) return allowed;
      throw error;
    }
  }
  return 2_000;
}

// red team 20
describe("an IPv6 network", () => {
  test("is surrounded by a /56 and a /48, with limits that grow", () => {
    expect(surroundingNetworks("2001:db8:1:7a3f::/64")).toEqual([
      { name: "2001:db8:1:7a3f::/64", factor: 1 },
      { name: "2001:db8:1:7a00::/56", factor: 4 },
      { name: "2001:db8:1::/48", factor: 16 },
    ]);
    expect(surroundingNetworks("192.0.2.1")).toEqual([{ name: "192.0.2.1", factor: 1 }]);
    expect(surroundingNetworks("unknown")).toEqual([{ name: "unknown", factor: 1 }]);
  });

  const kind = "login by address";
  test("does not get a limit for each /64 of its /48", async () => {
    const limitOf = (n: number): Limit => ({ kind, of: `2001:db8:1:${n.toString(16)}::/64` });
    expect(await countAllowed(() => limitOf(0))).toBe(30);
    // Other networks of the same /56, then of other ones.
    expect(await countAllowed((i) => limitOf(1 + (i % 200)))).toBe(4 * 30 - 30);
    expect(await countAllowed((i) => limitOf(0x100 * (1 + (i % 200))))).toBe(16 * 30 - 4 * 30);
    // Another /48 is not affected.
    await consume(core.context, { kind, of: "2001:db8:2:0::/64" });
  });

  test("at its limit does not use up the limit of its neighbours", async () => {
    const noisy: Limit = { kind, of: "2001:db8:1:0::/64" };
    for (let i = 0; i < 500; i += 1) await consume(core.context, noisy).catch(() => {});
    await consume(core.context, { kind, of: "2001:db8:1:1::/64" });
  });
});

// red team 2
describe("counting a hash", () => {
  const attempt: Limit[] = [{ kind: "login by name", of: "ada" }];
  const hash = (run: () => Promise<boolean>) => countHash(core.context, "ada", attempt, run);

  test("refunds everything when the queue is full: a 503 is no wrong password", async () => {
    for (let i = 0; i < 100; i += 1) {
      for (const limit of attempt) await consume(core.context, limit);
      const full = hash(async () => {
        throw new QueueFullError();
      });
      await expect(full).rejects.toThrow(QueueFullError);
    }
    const rows = await core.context.db.query.selectFrom("rate_limits").select("count").execute();
    expect(rows.map(({ count }) => count)).toEqual([0, 0, 0]);
  });

  test("refunds no right password: an account has sixty in a quarter of an hour, a network twenty times that", async () => {
    let hashed = 0;
    const right = async () => {
      hashed += 1;
      return true;
    };
    for (let i = 0; i < 100; i += 1) await hash(right).catch(() => {});
    expect(hashed).toBe(60);
    for (let i = 0; i < 2_000; i += 1) {
      await countHash(core.context, `user ${i}`, [], right).catch(() => {});
    }
    expect(hashed).toBe(1_200);
  });

  test("refunds the attempt when a limit of hashes refuses it", async () => {
    for (let i = 0; i < 60; i += 1) await hash(async () => true);
    for (const limit of attempt) await consume(core.context, limit);
    await expect(hash(async () => true)).rejects.toThrow(RateLimitedError);
    for (const limit of attempt) expect(await consume(core.context, limit)).toBe(1);
  });
});

// case: hypothesis/h#5652
describe("RATE_LIMIT_…", () => {
  test("sets the count and the window of a limit", async () => {
    const set = await newCore({ RATE_LIMIT_SIGNUP_BY_ADDRESS: "40/2h" });
    const limit: Limit = { kind: "signup by address", of: "192.0.2.1" };
    expect(await countAllowed(() => limit, set)).toBe(40);
    const refused = consume(set.context, limit);
    await expect(refused).rejects.toMatchObject({ retryAfter: 2 * 3_600 });
    await set.close();
  });

  test("keeps how a lock on guesses grows", async () => {
    const set = await newCore({ RATE_LIMIT_LOGIN_BY_ACCOUNT: "5/1m" });
    const limit: Limit = { kind: "login by account", of: "ada" };
    expect(await countAllowed(() => limit, set)).toBe(5);
    await expect(consume(set.context, limit)).rejects.toMatchObject({ retryAfter: 30 });
    await set.close();
  });

  test.each([
    ["RATE_LIMIT_SINGUP_BY_ADDRESS", "40/1h", /RATE_LIMIT_SINGUP_BY_ADDRESS is no limit/],
    ["RATE_LIMIT_SIGNUP_BY_ADDRESS", "40", /is "40"; it takes a count from 2/],
    ["RATE_LIMIT_SIGNUP_BY_ADDRESS", "1/1h", /it takes a count from 2/],
    ["RATE_LIMIT_SIGNUP_BY_ADDRESS", "40/1y", /such as 100\/60m/],
    ["RATE_LIMIT_SIGNUP_BY_ADDRESS", "40/9999d", /such as 100\/60m/],
  ])("%s=%s stops the start", (name, value, sentence) => {
    const config = readConfig({ AUTH_SECRET: secret, [name]: value });
    expect(() => createServices(config)).toThrow(sentence);
  });

  test("accepts every limit of the table", () => {
    const settings = Object.fromEntries(
      Object.keys(rules).map((kind) => [settingName(kind), "2/1s"]),
    );
    expect(wrongSettings(settings, Object.keys(rules))).toEqual([]);
  });

  test("is documented: each name with its default", () => {
    const document = readFileSync("docs/configuration.md", "utf8");
    const missing = Object.entries(rules)
      .map(
        ([kind, { limit, window }]) =>
          `| \`${settingName(kind)}\` | \`${limit}/${inUnits(window)}\` |`,
      )
      .filter((row) => !document.includes(row));
    expect(missing).toEqual([]);
  });
});

function inUnits(milliseconds: number): string {
  const minutes = milliseconds / 60_000;
  return minutes % 1440 === 0 ? `${minutes / 1440}d` : `${minutes}m`;
}
