/** Set up as in its documentation: email and password, sessions in the database, JWTs. */
import { betterAuth } from "better-auth";
import { jwt } from "better-auth/plugins";
import Sqlite from "better-sqlite3";

const database = new Sqlite(process.env.DATABASE_FILE ?? ":memory:");
database.pragma("journal_mode = WAL");

export const options = {
  baseURL: process.env.APP_URL ?? "http://localhost:3000",
  secret: process.env.AUTH_SECRET ?? "only while it is built, which needs none",
  database,
  emailAndPassword: { enabled: true },
  plugins: [jwt()],
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
};

export const auth = betterAuth(options);
