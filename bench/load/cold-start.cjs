/**
 * What a serverless function does on a cold start: `node cold-start.cjs COOKIE`, in the folder of a
 * build. Loads the built refresh route, handles one request with it, and prints how many
 * milliseconds after the start of the process each was done.
 */
const { createServer, request } = require("node:http");
const { join } = require("node:path");

// Next's own function launcher sets this up before it loads anything else.
require("next/dist/server/node-environment");
const { handler } = require(join(process.cwd(), ".next/server/app/api/auth/refresh/route.js"));
const loaded = performance.now();

const server = createServer((incoming, outgoing) => {
  handler(incoming, outgoing, { waitUntil: () => {} });
});
server.listen(0, "127.0.0.1", () => {
  const sent = request({
    port: server.address().port,
    method: "POST",
    path: "/api/auth/refresh",
    headers: { cookie: process.argv[2], "content-length": "0" },
  });
  sent.on("response", (answer) => {
    answer.resume();
    answer.on("end", () => {
      console.log(
        JSON.stringify({ status: answer.statusCode, loaded, answered: performance.now() }),
      );
      process.exit();
    });
  });
  sent.end();
});
