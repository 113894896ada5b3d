/** Real HTTPS for many host names on one port, as nginx or Caddy provides in front of servers. */
import { once } from "node:events";
import { type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";

export interface HttpsFront {
  port: number;
  /** Forwards requests for `host` to `upstream`, such as "http://localhost:3000". */
  serve(host: string, upstream: string): void;
  close(): Promise<void>;
}

/** Starts the front. A host without an upstream gets an empty page, as a stranger's site. */
export async function startHttps(): Promise<HttpsFront> {
  const { private: key, cert } = await generate([{ name: "commonName", value: "test" }], {
    keyType: "ec",
  });
  const upstreams = new Map<string, string>();

  function answer(request: IncomingMessage, response: ServerResponse) {
    const upstream = upstreams.get(request.headers.host ?? "");
    if (!upstream) {
      response
        .setHeader("Content-Type", "text/html")
        .end("<!doctype html><title>A stranger</title>");
      return;
    }
    const headers = { ...request.headers, "x-forwarded-for": "203.0.113.5" };
    const passed = send(
      new URL(request.url ?? "/", upstream),
      { method: request.method, headers },
      (answered) => {
        response.writeHead(answered.statusCode ?? 502, answered.headers);
        answered.pipe(response);
      },
    );
    passed.on("error", () => response.writeHead(502).end());
    request.pipe(passed);
  }

  const server = createServer({ key, cert }, answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    serve: (host, upstream) => upstreams.set(host, upstream),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
