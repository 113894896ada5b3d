/** The core on a fresh SQLite database, without a server. */
import { migrate } from "#db/migrate.ts";
import { insertUser } from "#db/users.ts";
import { newUserRow } from "#lib/auth/account/sign-up.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import type { Visitor } from "#lib/auth/sign-in.ts";
import { readConfig } from "#lib/config/index.ts";
import { createServices } from "#lib/services.ts";
import { secret } from "./server.ts";

export const password = "correct horse battery staple";

/** A browser without cookies. */
export const newBrowser: Visitor = {
  refreshToken: { kind: "missing" },
  deviceCookie: undefined,
  requestId: undefined,
  signUp: undefined,
};

/** @param settings environment variables */
export async function newCore(settings: Record<string, string> = {}) {
  const config = readConfig({
    AUTH_SECRET: secret,
    DATABASE_URL: "file::memory:",
    SMTP_URL: "smtp://127.0.0.1:1",
    ...settings,
  });
  const services = createServices(config);
  await migrate(services.db);
  const context: AuthContext = {
    ...services,
    now: 1_800_000_000_000,
    caller: { ip: "192.0.2.1", network: "192.0.2.1", userAgent: "", place: "" },
    outbox: { filled: false },
  };
  return {
    context,
    /** The same, called from elsewhere. */
    from: (network: string) => ({ ...context, caller: { ...context.caller, network } }),
    /** Adds a user whose address is verified. */
    async addUser(username: string) {
      const email = `${username}@example.com`;
      const row = await newUserRow({ username, email, password, name: "" }, context.now);
      const user = { ...row, email_verified: 1 };
      await insertUser(context.db.query, user);
      return user;
    },
    close: () => services.db.close(),
  };
}
