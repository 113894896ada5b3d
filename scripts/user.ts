/** `npm run user`: manages accounts. */

import { listLiveSessions } from "#db/sessions.ts";
import { findUser } from "#db/users.ts";
import { createUser, disableUser, enableUser, setPassword } from "#lib/auth/admin/accounts.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { revoke } from "#lib/auth/session/revocation.ts";
import { viewSession } from "#lib/auth/session/session-view.ts";
import { canonicalIdentifier } from "#lib/contract/identifiers.ts";
import { signupSchema } from "#lib/contract/schemas.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import { importDump } from "./lib/import-dump.ts";
import { readPassword } from "./lib/read-password.ts";
import { Refusal, runScript, UsageError } from "./lib/run-script.ts";

const usage = `
Usage: npm run user -- COMMAND …

  create USERNAME EMAIL [--name NAME] [--role ROLE] [FIELD=VALUE …]
                        creates an account; asks for the password. FIELD is one that you have
                        added to sign-up
  disable USER          ends every session and refuses every sign-in
  enable USER           undoes that; the sessions stay ended
  set-password USER     asks for a new password and ends every session
  sessions USER         lists where the user is signed in
  revoke USER [ID]      ends every session, or the one with this ID
  import FILE [--model APP.MODEL] [--update] [--dry-run] [--report REPORT.csv]
                        imports the users of a Django site from a file of manage.py dumpdata;
                        --update brings accounts up to date that have not been used here

USER is a username, an email address or an id. A password is asked for, or read from standard input.
`;

type Command = (context: AuthContext, given: string[], options: Options) => Promise<void>;
type Options = Record<string, string | boolean | undefined>;

const commands: Record<string, Command> = {
  async create(context, [username, email, ...fields], { name = "", role = "user" }) {
    if (!username || !email) throw new UsageError("Give a username and an email address.");
    const own = readFields(fields);
    const password = await readPassword();
    const input = signupSchema.safeParse({ ...own, username, email, name, password });
    if (!input.success) {
      const wrong = input.error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`);
      throw new Refusal(wrong.join("\n"));
    }
    const created = await createUser(context, { ...input.data, role: String(role) });
    if (created.kind === "refused") throw new Refusal(created.message);
    console.log(`Made ${created.user.username} (${created.user.id}).`);
  },

  async disable(context, [who]) {
    const user = await find(context, who);
    const disabled = await disableUser(context, user.id);
    if (disabled.kind === "refused") throw new Refusal(disabled.message);
    console.log(`${user.username} is disabled; ${sessions(disabled.ended)} ended.`);
  },

  async enable(context, [who]) {
    const user = await find(context, who);
    const enabled = await enableUser(context, user.id);
    if (enabled.kind === "refused") throw new Refusal(enabled.message);
    console.log(`${user.username} may sign in.`);
  },

  async "set-password"(context, [who]) {
    const user = await find(context, who);
    const set = await setPassword(context, user, await readPassword());
    if (set.kind === "refused") throw new Refusal(set.message);
    console.log(`${user.username} has a new password; ${sessions(set.ended)} ended.`);
  },

  async sessions(context, [who]) {
    const user = await find(context, who);
    const live = await listLiveSessions(context.db.query, user.id, context.now);
    for (const session of live) {
      const { id, device, ip, last_used_at, expires_at } = viewSession(session, "");
      console.log(`${id}  ${device}, ${ip}, last used ${last_used_at}, until ${expires_at}`);
    }
    if (live.length === 0) console.log(`${user.username} is signed in nowhere.`);
  },

  async revoke(context, [who, id]) {
    const user = await find(context, who);
    const ended = await revoke(context, user.id, id ? [id] : "all", "revoked");
    if (id && ended === 0) throw new Refusal(`${user.username} has no live session ${id}.`);
    console.log(`${sessions(ended)} of ${user.username} ended.`);
  },

  async import(context, [file], { model, report, update, "dry-run": dryRun }) {
    if (!file) throw new UsageError("Name the file that manage.py dumpdata wrote.");
    await importDump(context, file, {
      model: model === undefined ? undefined : String(model),
      dryRun: dryRun === true,
      update: update === true,
      reportFile: report === undefined ? undefined : String(report),
    });
  },
};

const options = {
  name: { type: "string" },
  role: { type: "string" },
  model: { type: "string" },
  "dry-run": { type: "boolean" },
  update: { type: "boolean" },
  report: { type: "string" },
} as const;

await runScript(usage, options, async (services, { positionals, values }) => {
  const [name = "", ...given] = positionals;
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (!command) throw new UsageError(name ? `There is no command "${name}".` : "Name a command.");
  const caller = { ip: "", network: "", userAgent: "npm run user", place: "" };
  const context = { ...services, now: Date.now(), caller, outbox: { filled: false } };
  await command(context, given, values);
  if (context.outbox.filled) await deliverDueEmails(services);
});

/** Reads what sign-up asks for in this project and not in every one: arguments like company=Acme. */
function readFields(given: string[]): Record<string, string> {
  const fields = given.map((argument): [string, string] => {
    const [, field, value] = /^([^=]+)=(.*)$/s.exec(argument) ?? [];
    if (field === undefined || value === undefined) {
      throw new UsageError(`"${argument}" is not of the form FIELD=VALUE.`);
    }
    if (!Object.hasOwn(signupSchema.shape, field)) {
      throw new UsageError(`Sign-up has no field "${field}".`);
    }
    return [field, value];
  });
  return Object.fromEntries(fields);
}

async function find({ db }: AuthContext, who: string | undefined) {
  if (!who) throw new UsageError("Name a user.");
  const user = await findUser(db.query, canonicalIdentifier(who));
  if (!user) throw new Refusal(`There is no user "${who}".`);
  return user;
}

function sessions(count: number): string {
  return count === 1 ? "1 session" : `${count} sessions`;
}
