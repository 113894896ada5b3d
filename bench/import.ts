/**
 * `npm run bench:import [-- USERS]`: how long it takes to import a Django site's users, by default
 * 100,000 of them. Writes a dump as `manage.py dumpdata` does and imports it with `npm run user`
 * into an empty SQLite database in a temporary folder. The hashes are random, because an import
 * reads them and computes none.
 */
import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const users = Number(process.argv[2] ?? 100_000);
const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
const dump = join(folder, "dump.json");
const settings = {
  ...process.env,
  AUTH_SECRET: randomBytes(32).toString("base64"),
  DATABASE_URL: `file:${join(folder, "auth.db")}`,
};

try {
  writeFileSync(dump, JSON.stringify(Array.from({ length: users }, (_, i) => record(i + 1))));
  const megabytes = Math.round(statSync(dump).size / 1e6);
  run("scripts/migrate.ts");
  console.log(`${users} users, ${megabytes} MB of JSON`);
  for (const what of ["first import", "second import"]) {
    const started = performance.now();
    const said = run("scripts/user.ts", "import", dump);
    const seconds = (performance.now() - started) / 1000;
    console.log(said);
    console.log(
      `${what}: ${seconds.toFixed(1)} s, ${Math.round(users / seconds)} users/s, from start to exit`,
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Runs a script to its end; returns the last line of its output. */
function run(...args: string[]): string {
  const ran = spawnSync(process.execPath, args, { env: settings, encoding: "utf8" });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trimEnd().split("\n").at(-1) ?? "";
}

function record(pk: number) {
  const salt = randomBytes(16).toString("hex").slice(0, 22);
  const hash = randomBytes(32).toString("base64");
  return {
    model: "auth.user",
    pk,
    fields: {
      password: `pbkdf2_sha256$1000000$${salt}$${hash}`,
      last_login: pk % 3 === 0 ? null : "2026-02-03T04:05:06.789Z",
      is_superuser: false,
      // Every tenth user signs in with an email address.
      username: pk % 10 === 0 ? `person${pk}@example.com` : `person${pk}`,
      first_name: "Person",
      last_name: `Number ${pk}`,
      email: `person${pk}@example.com`,
      is_staff: pk % 1000 === 0,
      is_active: true,
      date_joined: "2019-03-14T15:09:26.535Z",
      groups: [],
      user_permissions: [],
    },
  };
}
