/** Serves a built function as Vercel does: `node serve-function.cjs FOLDER`; prints its URL. */
const { createServer } = require("node:http");
const { join } = require("node:path");

// With this, Vercel's runtime lets the launcher keep the function alive after a response.
globalThis[Symbol.for("@vercel/request-context")] = {
  get: () => ({ waitUntil: (promise) => promise.catch(console.error) }),
};

const handler = require(join(process.argv[2], "___next_launcher.cjs"));
const server = createServer(handler);
server.listen(0, "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
