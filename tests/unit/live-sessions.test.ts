import { afterAll, beforeAll, expect, test } from "vitest";
import { revokeSessions } from "#db/blacklist.ts";
import { type Database, openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { insertSession, listLiveSessions } from "#db/sessions.ts";
import { insertUser } from "#db/users.ts";

const now = 1_800_000_000_000;

/** Each session's absolute limit, idle limit and whether it is on the blacklist. */
const sessions = {
  fine: [now + 2, now + 1, false],
  "ends in a millisecond": [now + 1, now + 1, false],
  "too old now": [now, now + 1, false],
  "too old for a while": [now - 1, now + 1, false],
  "idle too long now": [now + 1, now, false],
  "idle too long for a while": [now + 1, now - 1, false],
  "over by both limits": [now, now, false],
  blacklisted: [now + 2, now + 1, true],
  "blacklisted and over": [now, now, true],
} as const;

const alive = ["ends in a millisecond", "fine"];

/** By another clock these may be alive, and a refresh would move their idle limit (red team 15). */
const revocableOnes = [...alive, "idle too long for a while", "idle too long now"].sort();

let db: Database;

beforeAll(async () => {
  db = openDatabase("file::memory:");
  await migrate(db);
  for (const id of ["ada", "grace"]) {
    await insertUser(db.query, {
      id,
      username: id,
      username_key: id,
      email: `${id}@example.com`,
      email_key: `${id}@example.com`,
      email_verified: 1,
      name: id,
      role: "user",
      is_active: 1,
      password_hash: "",
      joined_at: now,
      last_login_at: null,
      deletes_at: null,
    });
    for (const [name, [expires_at, idle_expires_at, isBlacklisted]] of Object.entries(sessions)) {
      const session = { id: `${id}: ${name}`, user_id: id };
      await insertSession(db.query, {
        ...session,
        generation: 0,
        token_id: "token",
        advanced_at: now,
        created_at: now,
        authenticated_at: now,
        last_used_at: now,
        idle_expires_at,
        expires_at,
        remember: 1,
        amr: "pwd",
        user_agent: "",
        ip: "192.0.2.1",
      });
      if (isBlacklisted) {
        const refusal = { session_id: session.id, user_id: id, revoked_at: now, expires_at };
        await db.query
          .insertInto("blacklist")
          .values({ ...refusal, reason: "logout" })
          .execute();
      }
    }
  }
});

afterAll(() => db.close());

const listed = async (user: string) => {
  const rows = await listLiveSessions(db.query, user, now);
  return rows.map(({ id }) => id.slice(user.length + 2)).sort();
};

/** Revokes inside a transaction that is then rolled back. */
async function revocable(which: Parameters<typeof revokeSessions>[2]): Promise<string[]> {
  let revoked: string[] = [];
  const rolledBack = db.atomically(async (atomic) => {
    const count = await revokeSessions(atomic, "ada", which, "revoked", now);
    const rows = await atomic.query
      .selectFrom("blacklist")
      .select("session_id")
      .where("reason", "=", "revoked")
      .execute();
    expect(rows).toHaveLength(count);
    revoked = rows.map(({ session_id }) => session_id.slice("ada: ".length)).sort();
    throw new Error("rolled back");
  });
  await expect(rolledBack).rejects.toThrow("rolled back");
  return revoked;
}

test("lists exactly the sessions that are alive, each limit being exclusive", async () => {
  expect(await listed("ada")).toEqual(alive);
});

test("revokes all sessions that could still be used, by whatever clock", async () => {
  expect(await revocable("all")).toEqual(revocableOnes);
});

test.each(Object.keys(sessions))("revokes by id only what could be used: %s", async (name) => {
  expect(await revocable([`ada: ${name}`])).toEqual(revocableOnes.filter((one) => one === name));
});

test("revokes all but one", async () => {
  const others = revocableOnes.filter((name) => name !== "fine");
  expect(await revocable({ allBut: "ada: fine" })).toEqual(others);
});

test("revokes nothing of another user", async () => {
  expect(await revocable(["grace: fine"])).toEqual([]);
  expect(await revokeSessions(db, "ada", "all", "revoked", now)).toBe(4);
  expect(await revokeSessions(db, "ada", "all", "revoked", now)).toBe(0);
  expect(await listed("ada")).toEqual([]);
  expect(await listed("grace")).toEqual(alive);
});
