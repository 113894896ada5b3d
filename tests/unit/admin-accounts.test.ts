import { globSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { deleteUser, findUserById, replacePassword, type UserRow } from "#db/users.ts";
import { disableUser, enableUser, setPassword } from "#lib/auth/admin/accounts.ts";
import { requestPasswordReset } from "#lib/auth/email/requests.ts";
import { hashPassword, verifyPassword } from "#lib/auth/password/hash.ts";
import { newCore } from "../support/context.ts";

const chosen = "the administrator's choice";

let core: Awaited<ReturnType<typeof newCore>>;
let user: UserRow;

beforeEach(async () => {
  core = await newCore();
  user = await core.addUser("ada");
});
afterEach(() => core.close());

// red team 5
describe("an administrator's command tells the truth", () => {
  test("set-password holds, though a thief has changed the password since the user was read", async () => {
    const { query } = core.context.db;
    expect(await replacePassword(query, user, await hashPassword("the thief's"))).toBe(true);
    expect(await setPassword(core.context, user, chosen)).toMatchObject({ kind: "set" });
    const { password_hash } = (await findUserById(query, user.id)) as UserRow;
    expect(await verifyPassword(chosen, password_hash)).toBe(true);
    expect(await verifyPassword("the thief's", password_hash)).toBe(false);
  });

  test("set-password voids the links that the old password allowed", async () => {
    await requestPasswordReset(core.context, { email: user.email });
    await setPassword(core.context, user, chosen);
    const left = await core.context.db.query.selectFrom("mail_tokens").selectAll().execute();
    expect(left).toEqual([]);
  });

  test("each says so when the account is gone meanwhile, and writes nothing", async () => {
    const { query } = core.context.db;
    await deleteUser(query, user.id);
    const refused = {
      kind: "refused",
      message: expect.stringMatching(/gone. Nothing was changed/),
    };
    expect(await setPassword(core.context, user, chosen)).toEqual(refused);
    expect(await disableUser(core.context, user.id)).toEqual(refused);
    expect(await enableUser(core.context, user.id)).toEqual(refused);
    expect(await query.selectFrom("audit_events").selectAll().execute()).toEqual([]);
  });

  test("no result of a write that may fail is dropped, anywhere", () => {
    const answering = ["replacePassword", "setUserActive", "deleteMailToken", "advanceSession"];
    const dropped = new RegExp(`^\\s*await (${answering.join("|")})\\(`, "m");
    const files = globSync("{lib,app,scripts,db}/**/*.{ts,tsx}");
    expect(files.length).toBeGreaterThan(200);
    expect(files.filter((file) => dropped.test(readFileSync(file, "utf8")))).toEqual([]);
  });
});
