/**
 * `npm test`: installs what is missing and runs every step, one after the other; the last line is
 * the sum. `npm test -- lint unit` runs the named steps only.
 */
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { bootstrap, root } from "./lib/bootstrap.mjs";
import { provideChromium } from "./lib/chromium.mjs";
import { command, run, signals } from "./lib/run.mjs";

const reports = join(root, "test-results");

/** The folders and files that .dependency-cruiser.mjs has rules for. */
const sources = ["app", "db", "lib", "instrumentation.ts", "middleware.ts"];

/** Each step returns how many of its checks passed and failed. */
const steps = {
  lint: () => check("@biomejs/biome", ["ci", "."]),
  imports: () => check("dependency-cruiser", ["--output-type", "err-long", ...sources]),
  unused: () => check("knip", []),
  types: async () =>
    add(await check("next", ["typegen"]), await check("typescript", ["--noEmit"], "tsc")),
  unit: () => vitest("unit"),
  build: () => check("next", ["build"]),
  size: () => check("size-limit", []),
  "integration-sqlite": () => vitest("integration-sqlite"),
  "integration-libsql": () => vitest("integration-libsql"),
  "integration-postgres": () => vitest("integration-postgres"),
  e2e: playwright,
  // Last, because they build into the same folder again.
  standalone: () => vitest("standalone"),
  vercel: () => vitest("vercel"),
};

/** Steps that run the production build. */
const needBuild = ["integration-sqlite", "integration-libsql", "integration-postgres", "e2e"];

const node = bootstrap();
const named = process.argv.slice(2);
const unknown = named.filter((name) => !(name in steps));
if (unknown.length > 0) {
  console.error(
    `No step is called ${unknown.join(", ")}; there are ${Object.keys(steps).join(", ")}.`,
  );
  process.exit(2);
}

rmSync(reports, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
let total = { passed: 0, failed: 0 };
let built = true;
let stopped = false;
for (const signal of signals) {
  process.on(signal, () => {
    stopped = true;
  });
}
for (const [name, step] of Object.entries(steps)) {
  if (stopped || (named.length > 0 && !named.includes(name))) continue;
  console.log(`\n── ${name} ${"─".repeat(72 - name.length)}`);
  const started = Date.now();
  const result = await attempt(name, step);
  if (name === "build") built = result.failed === 0;
  const seconds = ((Date.now() - started) / 1000).toFixed(1);
  console.log(`${name}: ${result.passed} passed, ${result.failed} failed in ${seconds} s`);
  total = add(total, result);
}
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 && !stopped ? 0 : 1);

async function attempt(name, step) {
  try {
    if (!built && needBuild.includes(name)) throw new Error("There is no build to test.");
    return await step();
  } catch (error) {
    console.error(error.message);
    return { passed: 0, failed: 1 };
  }
}

function add(a, b) {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed };
}

/** A command that passes or fails as a whole. */
async function check(packageName, args, name) {
  const code = await run(node, [command(packageName, name), ...args], { group: true });
  return code === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 };
}

async function vitest(project) {
  const report = join(reports, `${project}.json`);
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const code = await run(node, [command("vitest"), "run", "--project", project, ...reporters], {
    group: true,
  });
  return judge(code, report, ({ numPassedTests, numFailedTests }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
  }));
}

async function playwright() {
  const report = join(reports, "e2e.json");
  const cli = command("@playwright/test", "playwright");
  const env = { ...provideChromium(node, cli), PLAYWRIGHT_JSON_OUTPUT_NAME: report };
  const code = await run(node, [cli, "test"], { env, group: true });
  return judge(code, report, ({ stats }) => ({
    passed: stats.expected,
    failed: stats.unexpected + stats.flaky,
  }));
}

/** A runner that crashed or ran no test has failed, whatever it counted. */
function judge(code, report, count) {
  let result = { passed: 0, failed: 0 };
  try {
    result = count(JSON.parse(readFileSync(report, "utf8")));
  } catch {
    console.error("The runner left no report.");
  }
  const fine = code === 0 && result.passed > 0;
  return fine || result.failed > 0 ? result : { ...result, failed: 1 };
}
