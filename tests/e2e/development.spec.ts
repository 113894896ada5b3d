/** `npm run dev`, in a browser. */
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { networkHosts } from "../../scripts/lib/dev-server.mjs";
import { type Development, startDevelopment } from "../support/development.ts";
import { freePort } from "../support/server.ts";
import { test as base, expect, signUp } from "./fixtures.ts";

const test = base.extend<{ development(...args: string[]): Promise<Development> }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright requires a destructuring pattern.
  development: async ({}, use) => {
    const servers: Development[] = [];
    await use(async (...args) => {
      const server = await startDevelopment(...args);
      servers.push(server);
      return server;
    });
    for (const server of servers) await server.stop();
  },
});

// The first request of each page waits for its compilation.
test.setTimeout(300_000);
test.use({ navigationTimeout: 120_000 });

// case: vercel/next.js#96320
test("pages work at localhost, at 127.0.0.1 and from the network; a taken port and a new migration cost nobody anything", async ({
  anotherContext,
  development,
  request,
}) => {
  const port = await freePort();
  const other = createServer().listen(port, "0.0.0.0");
  await once(other, "listening");
  const server = await development("-H", "0.0.0.0", "-p", `${port}`);
  const url = (host: string) => `http://${host}:${port + 1}`;

  expect(server.output()).toContain(`Port ${port} is taken, so this server uses ${port + 1}.`);
  expect(server.output()).toMatch(/Mail +kept at http:\/\/localhost:\d+\/dev\/mail/);
  expect(server.output()).toMatch(/Database +\.data\/auth\.db/);
  expect(server.output()).toMatch(/Inspector +http:\/\/localhost:\d+\/ping/);
  for (const host of networkHosts("0.0.0.0")) expect(server.output()).toContain(url(host));

  for (const host of ["localhost", "127.0.0.1", ...networkHosts("0.0.0.0")]) {
    const page = await (await anotherContext()).newPage();
    await page.goto(`${url(host)}/signup`);
    await expect(page.getByRole("button", { name: "Show password" })).toBeVisible();
    await signUp(page, url(host));
    await page.reload();
    await expect(page.getByRole("button", { name: "Sign out" }).first()).toBeVisible();
    await page.close();
  }

  const page = await (await anotherContext()).newPage();
  await addMigration(server.folder, "998-good", "users");
  await expect(async () => {
    await page.goto(`${url("localhost")}/login`);
    expect(server.output()).toContain('"998-good"');
  }).toPass({ timeout: 60_000 });
  await page.close();
  expect((await request.get(`${url("localhost")}/api/health`)).status()).toBe(200);

  await addMigration(server.folder, "999-bad", "missing_table");
  await expect(async () => {
    const response = await request.get(`${url("localhost")}/login`);
    expect(await response.text()).toContain("npm run db:migrate");
  }).toPass({ timeout: 60_000 });
  other.close();
});

/** Adds a migration that gives `table` a column, as a developer does. */
async function addMigration(folder: string, name: string, table: string) {
  writeFileSync(
    join(folder, "db", "migrations", `${name}.ts`),
    `import type { Kysely } from "kysely";
export async function up(db: Kysely<unknown>): Promise<void> {
  await db.schema.alterTable("${table}").addColumn("added", "text").execute();
}
`,
  );
  const list = join(folder, "db", "migrate.ts");
  const code = readFileSync(list, "utf8");
  const entry = `$1  "${name}": { up: added${name.slice(0, 3)} },\n};`;
  writeFileSync(
    list,
    `import { up as added${name.slice(0, 3)} } from "./migrations/${name}.ts";\n${code.replace(/(const migrations: [\s\S]*?)\};/, entry)}`,
  );
}
