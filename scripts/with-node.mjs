/** `node scripts/with-node.mjs FILE|COMMAND …`: runs it under a Node that is new enough. */
import { bootstrap } from "./lib/bootstrap.mjs";
import { command, run } from "./lib/run.mjs";

const node = bootstrap();
const [what = "", ...args] = process.argv.slice(2);
process.exit(await run(node, [what.endsWith(".ts") ? what : command(what), ...args]));
