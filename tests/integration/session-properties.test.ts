import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Database, openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { insertUser } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { refreshSession, startSession } from "#lib/auth/session/sessions.ts";
import { readConfig } from "#lib/config/index.ts";
import { randomId } from "#lib/crypto/random.ts";
import { createServices } from "#lib/services.ts";
import { type Answer, history, playHonest, type Server } from "../model/session-world.ts";
import { engine, newDatabase } from "../support/databases.ts";

const database = await newDatabase();
const config = readConfig({
  AUTH_SECRET: "a secret for the tests of sessions",
  DATABASE_URL: database.url,
});
const { keys, keyring } = createServices({ ...config, databaseUrl: "file::memory:" });
const start = 1_800_000_000_000;

/** The share of histories to run: fewer on libSQL, where each move takes several HTTP requests. */
const effort = engine === "libsql" ? 0.2 : 1;

/** Two instances on one database; refreshes alternate between them. */
const instances: Database[] = [];

beforeAll(async () => {
  instances.push(openDatabase(config.databaseUrl), openDatabase(config.databaseUrl));
  for (const db of instances) await migrate(db);
});

afterAll(async () => {
  for (const db of instances) await db.close();
  await database.remove();
});

let turn = 0;

function contextAt(now: number): AuthContext {
  turn += 1;
  const db = instances[turn % instances.length] as Database;
  const caller = { ip: "192.0.2.1", network: "192.0.2.1", userAgent: "", place: "" };
  return { db, config, keyring, keys, now, caller, outbox: { filled: false } };
}

async function startRealSession() {
  const context = contextAt(start);
  const { query } = context.db;
  const id = randomId();
  await insertUser(query, {
    id,
    username: id,
    username_key: id.toLowerCase(),
    email: `${id}@example.com`,
    email_key: `${id}@example.com`.toLowerCase(),
    email_verified: 0,
    name: "",
    role: "user",
    is_active: 1,
    password_hash: "",
    joined_at: start,
    last_login_at: null,
    deletes_at: null,
  });
  const { session, token } = await startSession(context, id, {
    remember: true,
    delivery: "cookie",
    amr: ["pwd"],
    deviceId: "",
  });

  const read = () =>
    query
      .selectFrom("sessions")
      .select(["generation", "token_id", "advanced_at"])
      .where("id", "=", session.id)
      .executeTakeFirstOrThrow();
  let copy = await read();
  const server: Server = {
    async refresh(presented, now): Promise<Answer> {
      const before = await read();
      const refreshed = await refreshSession(contextAt(now), presented);
      if (refreshed.kind !== "refreshed") return { kind: refreshed.kind };
      const advanced = (await read()).token_id !== before.token_id;
      return { kind: "token", next: refreshed.next, advanced };
    },
    async backUp() {
      copy = await read();
    },
    async restore() {
      await query.updateTable("sessions").set(copy).where("id", "=", session.id).execute();
    },
  };
  return { server, token, session, userId: id };
}

test("an honest browser is never signed out by two instances on one real database", async () => {
  await fc.assert(
    fc.asyncProperty(history, async (moves) => {
      const { server, token } = await startRealSession();
      const { outcomes } = await playHonest(server, token, start, moves);
      expect(outcomes.filter((kind) => kind !== "token")).toEqual([]);
    }),
    { numRuns: 300 * effort },
  );
});

test("a copied token ends the session for both sides by the fourth refresh", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(4), fc.boolean(), async (before, thiefFirst) => {
      const { server, token } = await startRealSession();
      const jars = { owner: token, thief: token };
      let now = start;
      const refresh = async (who: "owner" | "thief") => {
        now += 90_000;
        const answer = await server.refresh(jars[who], now);
        if (answer.kind === "token" && answer.next) jars[who] = answer.next;
        return answer.kind;
      };
      for (let i = 0; i < before; i += 1) await refresh("owner");
      jars.thief = jars.owner;
      const order = thiefFirst ? (["thief", "owner"] as const) : (["owner", "thief"] as const);
      const kinds: string[] = [];
      for (let i = 0; i < 6; i += 1) kinds.push(await refresh(order[i % 2] ?? "owner"));
      expect(kinds.indexOf("reused")).toBeGreaterThan(0);
      expect(kinds.indexOf("reused")).toBeLessThan(4);
      expect(kinds.slice(-2)).toEqual(["revoked", "revoked"]);
    }),
    { numRuns: 60 * effort },
  );
});

test("after a revocation on one instance, the other refuses every token from its next refresh on", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(8), async (refreshes) => {
      const { server, token, session, userId } = await startRealSession();
      const issued = [token];
      let now = start;
      for (let i = 0; i < refreshes; i += 1) {
        now += 70_000;
        const answer = await server.refresh(issued.at(-1) ?? token, now);
        if (answer.kind === "token" && answer.next) issued.push(answer.next);
      }
      await revoke(contextAt(now), userId, [session.id], "revoked");
      for (const each of issued) {
        expect((await server.refresh(each, now)).kind).toBe("revoked");
        expect((await server.refresh(each, now)).kind).toBe("revoked");
      }
    }),
    { numRuns: 60 * effort },
  );
});

test("the rows of a session do not grow with its age", async () => {
  const { server, token, userId } = await startRealSession();
  const count = async () => {
    const { query } = instances[0] as Database;
    const tables = ["sessions", "blacklist", "audit_events"] as const;
    const counts = tables.map((table) =>
      query
        .selectFrom(table)
        .select((select) => select.fn.countAll<number>().as("rows"))
        .where("user_id", "=", userId)
        .executeTakeFirstOrThrow(),
    );
    return (await Promise.all(counts)).map(({ rows }) => Number(rows));
  };
  const before = await count();
  let jar = token;
  for (let i = 1; i <= 1000; i += 1) {
    const answer = await server.refresh(jar, start + i * 61_000);
    if (answer.kind !== "token") throw new Error(answer.kind);
    jar = answer.next ?? jar;
  }
  expect(await count()).toEqual(before);
  expect(jar.generation).toBeGreaterThan(900);
});

test("fifty refreshes with one cookie at once all get a token", async () => {
  const { server, token } = await startRealSession();
  const first = await server.refresh(token, start + 1000);
  const successor = first.kind === "token" && first.next ? first.next : token;
  // Old enough to advance: all fifty try the swap, one swap succeeds, and no refresh fails.
  const answers = await Promise.all(
    Array.from({ length: 50 }, () => server.refresh(successor, start + 100_000)),
  );
  expect(new Set(answers.map(({ kind }) => kind))).toEqual(new Set(["token"]));
});
