/** `npm run dev`: installs what is missing, then runs `next dev` with the arguments after `--`. */
import { bootstrap, root } from "./lib/bootstrap.mjs";
import { findFreePort, introduction, networkHosts, readAddress } from "./lib/dev-server.mjs";
import { wrongEncoding } from "./lib/env-encoding.mjs";
import { command, run } from "./lib/run.mjs";

const wrong = wrongEncoding(process.cwd());
if (wrong) {
  console.error(wrong);
  process.exit(1);
}
const node = bootstrap();
const env = await readEnvFiles();
const { host, port: wanted, rest } = readAddress(process.argv.slice(2), env);
const port = await findFreePort(host, wanted);
if (port !== wanted) console.log(`Port ${wanted} is taken, so this server uses ${port}.`);
const hosts = networkHosts(host);
console.log(`\n${introduction(env, { port, hosts, root }).join("\n")}\n`);

const args = [
  command("next"),
  "dev",
  ...["-H", host, "-p", `${port}`],
  // With it, pages go on with an old list of migrations after one was added.
  "--no-server-fast-refresh",
  ...rest,
];
const settings = {
  // next.config.js and lib/config take these hosts for ours.
  DEVELOPMENT_HOSTS: hosts.join(","),
  // "localhost" may mean ::1 first, and then 127.0.0.1 would not respond.
  NODE_OPTIONS: `${process.env.NODE_OPTIONS ?? ""} --dns-result-order=ipv4first`.trim(),
};
process.exit(await run(node, args, { env: settings }));

/** Reads .env, .env.local and the like as Next does, and leaves them to Next, which watches them. */
async function readEnvFiles() {
  const { default: nextEnv } = await import("@next/env");
  const log = { info: () => {}, error: console.error };
  const { combinedEnv } = nextEnv.loadEnvConfig(root, true, log);
  const env = { ...combinedEnv };
  nextEnv.resetEnv();
  return env;
}
