/** Shared by the account tests: a server that sends email, and a look into its database. */
import { openDatabase } from "#db/index.ts";
import type { Tables } from "#db/schema.ts";
import { newDatabase } from "../support/databases.ts";
import { clockAhead, type Server, secret, startServer } from "../support/server.ts";
import { startSmtp, tokenIn } from "../support/smtp.ts";
import { Browser, password } from "./browser.ts";

export const newPassword = "another horse battery";

export const routes = {
  login: "/api/auth/login",
  forgot: "/api/auth/password/forgot",
  reset: "/api/auth/password/reset",
  change: "/api/auth/password/change",
  reauthenticate: "/api/auth/reauthenticate",
  verify: "/api/auth/email/verify",
  resend: "/api/auth/email/verify/send",
  changeEmail: "/api/auth/email/change",
  confirmEmail: "/api/auth/email/confirm",
  undoEmail: "/api/auth/email/undo",
  emailLogin: "/api/auth/login/email",
  confirmLogin: "/api/auth/login/email/confirm",
  deletion: "/api/auth/me/deletion",
  data: "/api/auth/me/data",
  activity: "/api/auth/activity",
};

export const seconds = { minute: 60, hour: 3600, day: 24 * 3600 };

const tables = [
  "users",
  "sessions",
  "blacklist",
  "signing_keys",
  "rate_limits",
  "audit_events",
  "mail_tokens",
  "mails",
  "held_usernames",
  "revoked_devices",
  "pending_sign_ups",
  "imported_users",
] as const satisfies (keyof Tables)[];

export type World = Awaited<ReturnType<typeof startWorld>>;

/** Starts a database, an SMTP server and a server; `settings` are environment variables. */
export async function startWorld(settings: Record<string, string> = {}) {
  const database = await newDatabase();
  const smtp = await startSmtp();
  const common = {
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
    SMTP_URL: smtp.url,
    MAIL_FROM: "Latchkey <no-reply@example.com>",
    // The same for every server on this database.
    APP_URL: "http://localhost:3000",
    ...settings,
  };
  const servers: Server[] = [];
  const start = async (more: Record<string, string> = {}) => {
    const another = await startServer({ ...common, ...more });
    servers.push(another);
    return another;
  };
  const server = await start();
  const db = openDatabase(database.url);
  const visitor = () => new Browser(server.url);

  return {
    url: server.url,
    settings: common,
    server,
    smtp,
    db,
    /** Starts another server on the same database. */
    start,
    /** Starts one whose clock is `ahead` seconds ahead. */
    later: (ahead: number, more: Record<string, string> = {}) =>
      start({ ...clockAhead(ahead), ...more }),
    visitor,

    /** Creates an account and takes its first email, which asks to confirm the address. */
    async signUp(fields: Record<string, string> = {}) {
      const browser = visitor();
      const { user, access_token: token } = await browser.signUp(fields);
      const mail = await smtp.take(user.email, /Confirm/);
      return { browser, user, token, mail };
    },

    /** Creates an account whose address is verified. */
    async signUpVerified(fields: Record<string, string> = {}) {
      const account = await this.signUp(fields);
      const response = await account.browser.post(routes.verify, {
        body: { token: tokenIn(account.mail) },
      });
      if (response.status !== 200) throw new Error(await response.text());
      return account;
    },

    signIn: (username: string, word = password, browser = visitor()) =>
      browser.post(routes.login, { body: { username, password: word } }),

    async resetToken(email: string) {
      const response = await visitor().post(routes.forgot, { body: { email } });
      if (response.status !== 202) throw new Error(await response.text());
      return tokenIn(await smtp.take(email, /Choose a new password/));
    },

    /** Returns the types of a user's audit events, oldest first. */
    async events(userId: string) {
      const rows = await db.query
        .selectFrom("audit_events")
        .select(["type", "at"])
        .where("user_id", "=", userId)
        .execute();
      return rows.sort((a, b) => a.at - b.at).map(({ type }) => type as string);
    },

    /** Returns every row of the database as JSON. */
    async everything() {
      const all: unknown[] = [];
      for (const table of tables) all.push(await db.query.selectFrom(table).selectAll().execute());
      return JSON.stringify(all);
    },

    async stop() {
      await db.close();
      for (const running of servers) await running.stop();
      await smtp.close();
      await database.remove();
    },
  };
}

/** Returns the claims of an access token, unverified. */
export function claimsOf(token: string) {
  return JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
}

export const randomAddress = () => `a${crypto.randomUUID().replaceAll("-", "")}@example.com`;
