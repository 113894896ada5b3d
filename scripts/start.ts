/** `npm start`: migrates, then serves the production build. Arguments go to `next start`. */
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { migrate } from "#db/migrate.ts";
import { isApiHere } from "#lib/config/index.ts";
import { runScript } from "./lib/run-script.ts";

Object.assign(process.env, { NODE_ENV: "production" });
const serverArguments = process.argv.splice(2);
await runScript("", {}, async ({ db, config }) => {
  if (isApiHere(config)) await migrate(db);
});

if (process.exitCode === undefined) {
  const next = createRequire(import.meta.url).resolve("next/dist/bin/next");
  const server = spawn(process.execPath, [next, "start", ...serverArguments], {
    stdio: "inherit",
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => server.kill(signal));
  }
  server.on("exit", (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
