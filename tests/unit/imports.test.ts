/** The rules of .dependency-cruiser.mjs, tried on a project of empty files. */
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { command } from "../../scripts/lib/run.mjs";
import { temporaryFolder } from "../support/server.ts";

const rules = join(import.meta.dirname, "..", "..", ".dependency-cruiser.mjs");

/** A file, and what it imports. */
type Arrow = [file: string, imported: string];

const straight: Arrow[] = [
  ["app/page.tsx", "lib/server/session.ts"],
  ["app/page.tsx", "lib/ui/button.tsx"],
  ["instrumentation.ts", "lib/server/session.ts"],
  ["lib/ui/button.tsx", "lib/client/session.ts"],
  ["lib/client/session.ts", "lib/contract/schemas.ts"],
  ["lib/server/session.ts", "lib/http/route.ts"],
  ["lib/http/route.ts", "lib/http/json.ts"],
  ["lib/http/route.ts", "lib/services.ts"],
  ["lib/services.ts", "lib/auth/session/judge.ts"],
  ["lib/auth/email/change.ts", "lib/auth/session/judge.ts"],
  ["lib/auth/email/change.ts", "lib/mail/outbox.ts"],
  ["lib/auth/session/judge.ts", "lib/log.ts"],
  ["lib/mail/outbox.ts", "db/outbox.ts"],
  ["lib/log.ts", "lib/config/index.ts"],
  ["middleware.ts", "lib/config/index.ts"],
];

const turned: [rule: string, ...Arrow][] = [
  ["lib/contract", "lib/contract/schemas.ts", "lib/auth/session/judge.ts"],
  ["lib/config", "lib/config/index.ts", "lib/crypto/seal.ts"],
  ["lib/crypto", "lib/crypto/seal.ts", "lib/http/route.ts"],
  ["lib/mail", "lib/mail/outbox.ts", "lib/services.ts"],
  ["lib/auth", "lib/auth/session/judge.ts", "lib/http/route.ts"],
  ["lib/services.ts", "lib/services.ts", "lib/server/session.ts"],
  ["lib/http", "lib/http/route.ts", "lib/ui/button.tsx"],
  ["lib/server", "lib/server/session.ts", "app/page.tsx"],
  ["db", "db/outbox.ts", "lib/log.ts"],
  ["no-database", "lib/crypto/seal.ts", "db/outbox.ts"],
  ["leaf", "lib/log.ts", "lib/crypto/seal.ts"],
  ["browser", "lib/client/session.ts", "lib/http/route.ts"],
  ["browser", "lib/ui/button.tsx", "lib/log.ts"],
  ["unknown-room", "lib/helpers/index.ts", "lib/log.ts"],
  ["core-knows-no-feature", "lib/auth/session/judge.ts", "lib/auth/email/change.ts"],
  ["no-framework", "lib/auth/session/judge.ts", "next"],
  ["no-circle", "lib/http/json.ts", "lib/http/route.ts"],
];

const missing: Arrow = ["lib/http/route.ts", "lib/http/missing.ts"];
const atTheEdge: Arrow[] = [
  ["lib/config/index.ts", "zod"],
  ["lib/config/index.ts", "node:fs"],
];

test("straight arrows pass", () => {
  expect(check(straight)).toEqual([]);
});

test("a turned arrow fails, even if it imports only a type", () => {
  const broken = turned.map(([, ...arrow]) => arrow);
  const found = check([...straight, ...broken, ...atTheEdge, missing]);
  expect(found).toEqual(expect.arrayContaining(turned.map((arrow) => arrow.join(" → "))));
  expect(found).toContain("no-circle-of-folders → lib/auth/email → lib/auth/session");
  expect(found).toContain("unresolved → lib/http/route.ts → #lib/http/missing.ts");
  for (const reached of ["zod", "fs", "db/outbox.ts"]) {
    expect(found).toContain(`edge → middleware.ts → ${reached}`);
  }
});

/** The violations in a project that consists of these arrows: rule → file → imported. */
function check(arrows: Arrow[]): string[] {
  const contents = new Map([
    ["package.json", '{"imports": {"#app/*": "./app/*", "#db/*": "./db/*", "#lib/*": "./lib/*"}}'],
    ["node_modules/next/index.js", ""],
    ["node_modules/zod/index.js", ""],
  ]);
  for (const [file, imported] of arrows) {
    const isOurs = /^(app|db|lib)\//.test(imported);
    const line = `import type {} from "${isOurs ? "#" : ""}${imported}";\n`;
    contents.set(file, (contents.get(file) ?? "") + line);
    if (isOurs && imported !== missing[1]) contents.set(imported, contents.get(imported) ?? "");
  }
  const folder = temporaryFolder();
  for (const [file, content] of contents) {
    mkdirSync(join(folder.path, dirname(file)), { recursive: true });
    writeFileSync(join(folder.path, file), content);
  }
  const options = ["--config", rules, "--output-type", "json"];
  const sources = ["app", "db", "lib", "instrumentation.ts", "middleware.ts"];
  const cruise = [command("dependency-cruiser"), ...options, ...sources];
  const { stdout } = spawnSync(process.execPath, cruise, { cwd: folder.path, encoding: "utf8" });
  folder.remove();
  const { violations } = JSON.parse(stdout).summary as {
    violations: { rule: { name: string }; from: string; to: string }[];
  };
  return violations.map(({ rule, from, to }) =>
    [rule.name, from, to.replace(/^node_modules\/(\w+)\/.*/, "$1")].join(" → "),
  );
}
