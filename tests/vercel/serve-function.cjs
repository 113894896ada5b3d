/** Serves a built function as Vercel does: `node serve-function.cjs FOLDER`; says where. */
const { createServer } = require("node:http");
const { join } = require("node:path");

const handler = require(join(process.argv[2], "___next_launcher.cjs"));
const server = createServer(handler);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
