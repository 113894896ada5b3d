/** Fills an SQLite database with users, sessions and a blacklist, as after long use. */
import Sqlite from "better-sqlite3";
import { openDatabase } from "#db/index.ts";
import { migrate } from "#db/migrate.ts";
import { hashPassword } from "#lib/auth/password/hash.ts";
import * as seeds from "./seeds.ts";

/** Creates the database at `path`, which must not exist. */
export async function seedSqlite(path: string, population: seeds.Population): Promise<void> {
  const db = openDatabase(`file:${path}`);
  await migrate(db);
  await db.close();
  const hash = await hashPassword(seeds.password);
  const file = new Sqlite(path);
  // In memory until the end: the ids are random, so every row belongs on another page.
  file.pragma("journal_mode = OFF");
  file.pragma("synchronous = OFF");
  file.pragma("cache_size = -4000000");
  file.transaction(() => fill(file, population, hash))();
  file.exec("analyze");
  file.pragma("journal_mode = WAL");
  file.close();
}

function fill(file: Sqlite.Database, population: seeds.Population, hash: string): void {
  const { users, sessions, blacklist = 0, expired = 0 } = population;
  const now = Date.now();
  const user = file.prepare(
    `insert into users (id, username, username_key, email, email_key, email_verified, name, role,
       is_active, password_hash, joined_at, last_login_at)
     values (@id, @name, @name, @email, @email, 1, 'Somebody', 'user', 1, @hash, @now, @now)`,
  );
  for (let n = 0; n < users; n += 1) {
    const name = seeds.username(n);
    user.run({ id: seeds.userId(n), name, email: `${name}@example.com`, hash, now });
  }
  // Used two minutes ago, so that the next use is recorded.
  const used = now - 120_000;
  const session = file.prepare(
    `insert into sessions (id, user_id, generation, token_id, advanced_at, created_at,
       authenticated_at, last_used_at, idle_expires_at, expires_at, remember, amr, user_agent, ip)
     values (@id, @user, 0, @token, @used, @used, @used, @used, @expires, @expires, 1, 'pwd',
       'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', '192.0.2.1')`,
  );
  for (let n = 0; n < sessions; n += 1) {
    const expires = n >= sessions - expired ? now - 1000 : now + seeds.lifetime;
    const ids = { id: seeds.sessionId(n), user: seeds.userId(n % users), token: seeds.tokenId(n) };
    session.run({ ...ids, used, expires });
  }
  const refusal = file.prepare(
    `insert into blacklist (session_id, user_id, reason, revoked_at, expires_at)
     values (@id, @user, 'logout', @now, @expires)`,
  );
  for (let n = 0; n < blacklist; n += 1) {
    const expires = n >= blacklist - expired ? now - 1000 : now + seeds.lifetime;
    refusal.run({ id: seeds.revokedId(n), user: seeds.userId(n % users), now, expires });
  }
}
