import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { UserRow } from "#db/users.ts";
import { signInWithPassword } from "#lib/auth/password/sign-in.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { refreshSession } from "#lib/auth/session/sessions.ts";
import { newBrowser, newCore, password } from "../support/context.ts";

const hour = 60 * 60_000;

let core: Awaited<ReturnType<typeof newCore>>;
let user: UserRow;

beforeEach(async () => {
  core = await newCore();
  user = await core.addUser("ada");
});
afterEach(() => core.close());

async function signIn(remember: boolean) {
  const credentials = { username: user.username, password };
  const options = { remember, delivery: "cookie" } as const;
  const signedIn = await signInWithPassword(core.context, newBrowser, credentials, options);
  if (signedIn.kind !== "signed_in") throw new Error(signedIn.kind);
  return signedIn;
}

// red team 15
test("a session that is idle by one clock is revoked, and does not come back by one that is 2 ms behind", async () => {
  const { session, token } = await signIn(true);
  const now = session.idle_expires_at;
  const ahead = { ...core.context, now: now + 1 };
  const behind = { ...core.context, now: now - 1 };
  // Not revoked, it would: the token is good by the clock that is behind.
  expect((await refreshSession({ ...behind, db: core.context.db }, token)).kind).toBe("refreshed");
  await core.context.db.query
    .updateTable("sessions")
    .set({ idle_expires_at: now })
    .where("id", "=", session.id)
    .execute();
  await revoke(ahead, user.id, "all", "password_changed");
  expect(await refreshSession(behind, token)).toMatchObject({ kind: "revoked" });
  expect(await refreshSession(core.context, token)).toMatchObject({ kind: "revoked" });
});

// red team 16
describe("a session of somebody who does not want to stay signed in", () => {
  test("ends after twelve hours without use, in the row and in the cookie", async () => {
    const { session, token } = await signIn(false);
    expect(session.idle_expires_at).toBe(core.context.now + 12 * hour);
    expect(token.expires_at).toBe(session.idle_expires_at);
    const late = { ...core.context, now: core.context.now + 12 * hour };
    expect(await refreshSession(late, token)).toEqual({ kind: "expired" });
  });

  test("goes on for as long as it is used", async () => {
    const { session, token } = await signIn(false);
    const later = { ...core.context, now: core.context.now + 11 * hour };
    expect(await refreshSession(later, token)).toMatchObject({
      kind: "refreshed",
      next: { expires_at: later.now + 12 * hour },
    });
    const row = await core.context.db.query
      .selectFrom("sessions")
      .select("idle_expires_at")
      .where("id", "=", session.id)
      .executeTakeFirst();
    expect(row?.idle_expires_at).toBe(later.now + 12 * hour);
  });

  test("ends as late as the others if the user wants to stay signed in", async () => {
    const { session } = await signIn(true);
    expect(session.idle_expires_at).toBe(core.context.now + 14 * 24 * hour);
  });
});
