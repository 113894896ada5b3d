/** An empty database of the engine under test: one suite, a matrix of engines. */
import pg from "pg";
import { inject } from "vitest";
import { randomName, temporaryFolder } from "./server.ts";
import { startSqld } from "./sqld.ts";

type Engine = "sqlite" | "libsql" | "postgres";

export const engine = (process.env.TEST_ENGINE ?? "sqlite") as Engine;

export interface TestDatabase {
  /** The value for DATABASE_URL. */
  url: string;
  remove(): Promise<void>;
}

export async function newDatabase(): Promise<TestDatabase> {
  switch (engine) {
    case "sqlite": {
      const folder = temporaryFolder();
      return { url: `file:${folder.path}/auth.db`, remove: async () => folder.remove() };
    }
    case "libsql":
      return startSqld();
    case "postgres":
      return createPostgresDatabase(inject("postgresUrl"));
  }
}

/** Creates a database on the server at `serverUrl`, which is removed with the server. */
export async function createPostgresDatabase(serverUrl: string): Promise<TestDatabase> {
  const url = new URL(serverUrl);
  url.pathname = `/test_${randomName()}`;
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${url.pathname.slice(1)}`);
  await admin.end();
  return { url: url.href, remove: async () => {} };
}
