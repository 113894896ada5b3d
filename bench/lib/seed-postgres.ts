/** As seed-sqlite.ts, for a few thousand rows on Postgres. */
import { openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import * as seeds from "./seeds.ts";

/** Rows per statement. */
const chunk = 500;

export async function seedPostgres(url: string, { users, sessions }: seeds.Population) {
  const db = openDatabase(url);
  await migrate(db);
  const hash = await hashPassword(seeds.password);
  const now = Date.now();
  const user = (n: number) => ({
    id: seeds.userId(n),
    username: seeds.username(n),
    username_key: seeds.username(n),
    email: `${seeds.username(n)}@example.com`,
    email_key: `${seeds.username(n)}@example.com`,
    email_verified: 1,
    name: "Somebody",
    role: "user",
    is_active: 1,
    password_hash: hash,
    joined_at: now,
    last_login_at: now,
  });
  const session = (n: number) => ({
    id: seeds.sessionId(n),
    user_id: seeds.userId(n % users),
    generation: 0,
    token_id: seeds.tokenId(n),
    advanced_at: now,
    created_at: now,
    authenticated_at: now,
    last_used_at: now,
    idle_expires_at: now + seeds.lifetime,
    expires_at: now + seeds.lifetime,
    remember: 1,
    amr: "pwd",
    user_agent: "",
    ip: "192.0.2.1",
  });
  for (const rows of chunks(users)) {
    await db.query.insertInto("users").values(rows.map(user)).execute();
  }
  for (const rows of chunks(sessions)) {
    await db.query.insertInto("sessions").values(rows.map(session)).execute();
  }
  await db.close();
}

function* chunks(count: number): Generator<number[]> {
  for (let from = 0; from < count; from += chunk) {
    yield Array.from({ length: Math.min(chunk, count - from) }, (_, n) => from + n);
  }
}
