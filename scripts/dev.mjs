/** `npm run dev`: whatever is missing, then `next dev`. Arguments after `--` go to it. */
import { bootstrap } from "./lib/bootstrap.mjs";
import { command, run } from "./lib/run.mjs";

const node = bootstrap();
// On localhost only: a development server is nobody else's business.
process.exit(
  await run(node, [command("next"), "dev", "-H", "localhost", ...process.argv.slice(2)]),
);
