/** `node scripts/with-node.mjs FILE|COMMAND …` runs it under a Node.js that is new enough. */
import { requireInstalled } from "./lib/bootstrap.mjs";
import { command, run } from "./lib/run.mjs";

const node = requireInstalled();
const [what = "", ...args] = process.argv.slice(2);
process.exit(await run(node, [what.endsWith(".ts") ? what : command(what), ...args]));
