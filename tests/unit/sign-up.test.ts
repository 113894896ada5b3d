import { afterEach, expect, test } from "vitest";
import { signUp } from "#lib/auth/account/sign-up.ts";
import { verifyEmail } from "#lib/auth/account/verification.ts";
import { issueMailToken } from "#lib/auth/email/mail-tokens.ts";
import { RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { newBrowser, newCore, password } from "../support/context.ts";

let core: Awaited<ReturnType<typeof newCore>>;

afterEach(() => core.close());

const join = (username: string, email: string) =>
  signUp(
    core.context,
    newBrowser,
    { username, email, password, name: "" },
    { remember: true, delivery: "cookie" },
  );

test.each(["optional", "required"])(
  "a sign-up with a username that is taken uses up no email to its address (%s)",
  async (mode) => {
    core = await newCore({ EMAIL_VERIFICATION: mode });
    await core.addUser("ada");
    for (let i = 0; i < 4; i += 1) {
      expect(await join("ada", "victim@example.com")).toEqual({ kind: "username_taken" });
    }
    const joined = await join("victim", "victim@example.com");
    expect(joined.kind).toBe(mode === "required" ? "verification_sent" : "signed_in");
    const { mails } = await core.context.db.query
      .selectFrom("mails")
      .select((eb) => eb.fn.countAll<number>().as("mails"))
      .executeTakeFirstOrThrow();
    expect(Number(mails)).toBe(1);
  },
);

test("a verification link is no place to look usernames up in", async () => {
  core = await newCore({ EMAIL_VERIFICATION: "required" });
  await core.addUser("ada");
  const joined = await join("bob", "bob@example.com");
  if (joined.kind !== "verification_sent") throw new Error(joined.kind);
  const { signUp: bob } = joined;
  const { token } = await issueMailToken(core.context, "verify_email", bob, bob.email);
  const presence = { userId: bob.id, signUp: undefined };
  const ask = () => verifyEmail(core.context, presence, { presented: { token }, username: "ada" });
  for (let i = 0; i < 60; i += 1) expect(await ask()).toEqual({ kind: "username_taken" });
  await expect(ask()).rejects.toThrow(RateLimitedError);
});
