/**
 * What a serverless function does when it is woken: `node cold-start.cjs COOKIE`, in the folder of
 * a build. Loads the built refresh route, answers one request with it, and says how long each took
 * from the start of the process, in milliseconds.
 */
const { createServer, request } = require("node:http");
const { join } = require("node:path");

// What Next's own launcher of functions sets up before it loads anything.
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
