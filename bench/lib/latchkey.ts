/** This project's own server, with a database of its own. */
import { join } from "node:path";
import { randomName } from "../../tests/support/server.ts";
import { seedSqlite } from "./seed-sqlite.ts";
import { type Population, secret, usual } from "./seeds.ts";
import { root, type Server, startNext } from "./servers.ts";

/** As in production, except for rate limits, which would stop clients after a few requests. */
export const settings = { AUTH_SECRET: secret, RATE_LIMITS: "off", JWT_COOKIE_SECURE: "true" };

/** Starts the production build on a fresh database with `population`. */
export async function startLatchkey(
  folder: string,
  env: Record<string, string> = {},
  population: Population = usual,
): Promise<Server> {
  const path = join(folder, `auth-${randomName()}.db`);
  await seedSqlite(path, population);
  const database = { DATABASE_URL: `file:${path}` };
  return startNext(
    root,
    { ...settings, ...database, ...env },
    { readyPath: "/api/health", folder },
  );
}
