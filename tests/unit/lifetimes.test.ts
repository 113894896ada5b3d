import { createElement, type ReactElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { UserRow } from "#db/users.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import type * as Lifetimes from "#lib/contract/lifetimes.ts";

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
const start = 1_800_000_000_000;

vi.mock("#lib/server/session.ts", () => ({
  requireSession: async () => undefined,
  getSession: async () => null,
  getEndedReason: async () => null,
}));
vi.mock("#lib/server/flash.ts", () => ({ readFlash: async () => null }));
vi.mock("#lib/client/auth-provider.tsx", () => ({ useAuth: () => ({}) }));
// These need a signed-in user, and state no lifetime.
vi.mock("#app/(account)/(settings)/me/data/delete-account.tsx", () => ({
  DeleteAccount: () => null,
}));
vi.mock("#app/(account)/(settings)/me/email/email-status.tsx", () => ({ EmailStatus: () => null }));

const searchParams = (values = {}) => ({ searchParams: Promise.resolve(values) });
const textOf = (element: ReactElement) => renderToStaticMarkup(element).replace(/<[^>]*>/g, " ");

/** Imports what states or enforces a lifetime, with these lifetimes instead of the real ones. */
async function load(changed: Partial<typeof Lifetimes>) {
  vi.resetModules();
  vi.doMock("#lib/contract/lifetimes.ts", async (importActual) => ({
    ...(await importActual<typeof Lifetimes>()),
    ...changed,
  }));
  const { readConfig } = await import("#lib/config/index.ts");
  const { createServices } = await import("#lib/services.ts");
  const { migrate } = await import("#db/migrate.ts");
  const { issueMailToken } = await import("#lib/auth/email/mail-tokens.ts");
  const { scheduleDeletion } = await import("#lib/auth/account/deletion.ts");
  const { isRecent } = await import("#lib/auth/guard/step-up.ts");
  const { wordsOf } = await import("#lib/mail/messages.ts");
  const settings = readConfig({
    AUTH_SECRET: "s".repeat(32),
    DATABASE_URL: "file::memory:",
    EMAIL_LOGIN: "on",
  });
  const services = createServices(settings);
  await migrate(services.db);
  const caller = { ip: "", network: "", userAgent: "", place: "" };
  const context: AuthContext = { ...services, now: start, caller, outbox: { filled: false } };
  return { context, issueMailToken, scheduleDeletion, isRecent, wordsOf };
}

/** The text of each page that states a lifetime. */
async function pageTexts() {
  const { default: Activity } = await import("#app/(account)/(settings)/me/activity/page.tsx");
  const { ActivityList } = await import("#app/(account)/(settings)/me/activity/activity-list.tsx");
  const { default: Data } = await import("#app/(account)/(settings)/me/data/page.tsx");
  const { default: Email } = await import("#app/(account)/(settings)/me/email/page.tsx");
  const { default: Confirm } = await import("#app/(auth)/confirm-email/page.tsx");
  const { default: EmailLogin } = await import("#app/(auth)/login/email/page.tsx");
  const { default: Login } = await import("#app/(auth)/login/page.tsx");
  const { ForgotPasswordForm } = await import(
    "#app/(auth)/forgot-password/forgot-password-form.tsx"
  );
  const forgot = { initialProblem: null, email: "ada@example.com", sent: true };
  return {
    activity: textOf(await Activity()),
    noActivity: textOf(createElement(ActivityList, { initial: [] })),
    data: textOf(await Data(searchParams())),
    email: textOf(await Email(searchParams())),
    confirmEmail: textOf(await Confirm(searchParams({ done: "confirmed" }))),
    emailLogin: textOf(await EmailLogin(searchParams())),
    login: textOf(await Login(searchParams({ reason: "account_deletion" }))),
    forgotPassword: textOf(createElement(ForgotPasswordForm, forgot)),
  };
}

const link = "https://www.example.com/";
const emails = {
  verify_email: { kind: "verify_email", link, code: "123456" },
  reset_password: { kind: "reset_password", link },
  sign_in: { kind: "sign_in", link, code: "123456" },
  change_email: { kind: "change_email", link, username: "ada" },
  undo_email_change: {
    kind: "email_changed",
    undoLink: link,
    email: "ada@example.com",
    at: start,
    device: "Firefox",
    from: "",
  },
} as const;
const purposes = Object.keys(emails) as (keyof typeof emails)[];

const today = {
  lifetimes: {},
  milliseconds: {
    verify_email: hour,
    reset_password: 30 * minute,
    sign_in: 10 * minute,
    change_email: hour,
    undo_email_change: 7 * day,
    deletion: 7 * day,
    recent: 10 * minute,
  },
  words: {
    verify_email: "The link and the code are good for an hour, once.",
    reset_password: "The link is good for 30 minutes, once.",
    sign_in: "The link and the code are good for 10 minutes, once.",
    change_email: "The link is good for an hour, once.",
    undo_email_change: "You can undo it for 7 days.",
    activity: "in the last 90 days.",
    noActivity: "Nothing has happened in the last 90 days.",
    data: "in 7 days everything is gone for good.",
    email: "the old one can undo that for 7 days.",
    confirmEmail: "The old one was told, and can undo it for 7 days.",
    emailLogin: "we send you a link and a code, good for 10 minutes.",
    login: "Your account will be deleted in 7 days, and",
    forgotPassword: "The link is good for 30 minutes.",
  },
};

const changed: typeof today = {
  lifetimes: {
    mailTokenLifetimes: {
      verify_email: 2 * day,
      reset_password: 20 * minute,
      sign_in: 5 * minute,
      change_email: 3 * hour,
      undo_email_change: 14 * day,
    },
    deletionGracePeriod: 30 * day,
    recentSignIn: 5 * minute,
    auditRetention: 365 * day,
  },
  milliseconds: {
    verify_email: 2 * day,
    reset_password: 20 * minute,
    sign_in: 5 * minute,
    change_email: 3 * hour,
    undo_email_change: 14 * day,
    deletion: 30 * day,
    recent: 5 * minute,
  },
  words: {
    verify_email: "The link and the code are good for 2 days, once.",
    reset_password: "The link is good for 20 minutes, once.",
    sign_in: "The link and the code are good for 5 minutes, once.",
    change_email: "The link is good for 3 hours, once.",
    undo_email_change: "You can undo it for 14 days.",
    activity: "in the last 365 days.",
    noActivity: "Nothing has happened in the last 365 days.",
    data: "in 30 days everything is gone for good.",
    email: "the old one can undo that for 14 days.",
    confirmEmail: "The old one was told, and can undo it for 14 days.",
    emailLogin: "we send you a link and a code, good for 5 minutes.",
    login: "Your account will be deleted in 30 days, and",
    forgotPassword: "The link is good for 20 minutes.",
  },
};

describe.each([
  ["as they are", today],
  ["when they are changed", changed],
])("lifetimes %s", (_, { lifetimes, milliseconds, words }) => {
  let loaded: Awaited<ReturnType<typeof load>>;
  beforeEach(async () => {
    vi.stubEnv("AUTH_SECRET", "s".repeat(32));
    vi.stubEnv("EMAIL_LOGIN", "on");
    loaded = await load(lifetimes);
  });
  afterEach(() => loaded.context.db.close());

  test.each(purposes)(
    "an emailed link to %s says how long it lives, and lives that long",
    async (purpose) => {
      const { context, issueMailToken, wordsOf } = loaded;
      await issueMailToken(context, purpose, undefined, "ada@example.com");
      const row = await context.db.query
        .selectFrom("mail_tokens")
        .select("expires_at")
        .executeTakeFirstOrThrow();
      expect(row.expires_at - start).toBe(milliseconds[purpose]);
      expect(wordsOf(emails[purpose]).footnote).toContain(words[purpose]);
    },
  );

  test("pages and forms say them", async () => {
    const texts = await pageTexts();
    for (const [page, text] of Object.entries(texts)) {
      expect(text).toContain(words[page as keyof typeof texts]);
    }
  });

  test("an account is deleted when they say, and a sign-in is recent for as long", async () => {
    const user = { id: "1", email: "ada@example.com", email_verified: 1 } as UserRow;
    expect(await loaded.scheduleDeletion(loaded.context, user)).toBe(start + milliseconds.deletion);
    expect(loaded.isRecent(start, start + milliseconds.recent - 1)).toBe(true);
    expect(loaded.isRecent(start, start + milliseconds.recent)).toBe(false);
  });
});
