/** `npm run dev`: installs what is missing, then runs `next dev` with the arguments after `--`. */
import { bootstrap } from "./lib/bootstrap.mjs";
import { wrongEncoding } from "./lib/env-encoding.mjs";
import { command, run } from "./lib/run.mjs";

const wrong = wrongEncoding(process.cwd());
if (wrong) {
  console.error(wrong);
  process.exit(1);
}
const node = bootstrap();
// On localhost only: a development server is not for the network.
process.exit(
  await run(node, [command("next"), "dev", "-H", "localhost", ...process.argv.slice(2)]),
);
