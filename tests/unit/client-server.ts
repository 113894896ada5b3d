/** A server that keeps sessions as the API does, and can be told to return anything. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const joined = "2026-01-01T00:00:00.000Z";

export function person(username: string) {
  return {
    id: `id-of-${username}`,
    username,
    email: `${username}@example.com`,
    email_verified: false,
    name: "",
    role: "user",
    is_active: true,
    date_joined: joined,
    last_login: joined,
  };
}

export const ada = person("ada");
export const grace = person("grace");

export type Handler = (request: IncomingMessage, response: ServerResponse, body: string) => void;

export interface AuthServer {
  origin: string;
  /** The requests received, such as "POST refresh". */
  asked: string[];
  /** The lifetime of new access tokens, in seconds. */
  lifetime: number;
  /** Lets `handler` answer the next request called `name`; several queue up. */
  next(name: string, handler: Handler): void;
  /** Ends every session, as "sign out everywhere" on another device does. */
  endSessions(): void;
  /** The number of live sessions. */
  sessions(): number;
  close(): Promise<void>;
}

export function problem(status: number, code: string, more: object = {}, headers: object = {}) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "Content-Type": "application/problem+json", ...headers });
    response.end(JSON.stringify({ code, status, detail: `About ${code}.`, ...more }));
  };
}

/** Returns a page, as proxies do. */
export function page(status: number) {
  return (_: IncomingMessage, response: ServerResponse) => {
    response.writeHead(status, { "Content-Type": "text/html" });
    response.end("<h1>Hello</h1>");
  };
}

/** Breaks the connection without an answer. */
export function hangUp({ socket }: IncomingMessage) {
  socket.destroy();
}

export async function startServer(): Promise<AuthServer> {
  const sessions = new Map<string, string>();
  const tokens = new Map<string, string>();
  const special = new Map<string, Handler[]>();
  let count = 0;

  function grant(session: string, response: ServerResponse) {
    count += 1;
    const access_token = `token-${count}`;
    tokens.set(access_token, session);
    const user = person(sessions.get(session) ?? "");
    const expires_at = Math.floor(Date.now() / 1000) + self.lifetime;
    response.setHeader("Content-Type", "application/json");
    response.end(
      JSON.stringify({
        access_token,
        token_type: "Bearer",
        expires_in: self.lifetime,
        expires_at,
        user,
      }),
    );
  }

  const routes: Record<string, Handler> = {
    "POST login": (request, response, body) => {
      const { username, password } = JSON.parse(body);
      if (password !== "right") return problem(401, "invalid_credentials")(request, response);
      count += 1;
      sessions.delete(sessionOf(request));
      sessions.set(`session-${count}`, username);
      response.setHeader("Set-Cookie", `refresh_token=session-${count}; HttpOnly`);
      grant(`session-${count}`, response);
    },
    "POST refresh": (request, response) => {
      const session = sessionOf(request);
      if (!session) return problem(401, "refresh_missing")(request, response);
      if (!sessions.has(session)) return problem(401, "session_revoked")(request, response);
      grant(session, response);
    },
    "POST logout": (request, response) => {
      sessions.delete(sessionOf(request));
      response.writeHead(204, { "Set-Cookie": "refresh_token=; Max-Age=0" }).end();
    },
    "POST ping": (request, response, body) => {
      const token = request.headers.authorization?.replace("Bearer ", "") ?? "";
      if (!sessions.has(tokens.get(token) ?? ""))
        return refused("token_revoked")(request, response);
      response.end(`${token} sent ${body}`);
    },
  };
  routes["POST signup"] = (request, response, body) =>
    routes["POST login"]?.(request, response, body);
  routes["GET ping"] = (request, response, body) => routes["POST ping"]?.(request, response, body);

  const server = createServer(async (request, response) => {
    const name = `${request.method} ${request.url?.split("/").at(-1)}`;
    self.asked.push(name);
    let body = "";
    for await (const chunk of request) body += chunk;
    const handler = special.get(name)?.shift() ?? routes[name] ?? problem(404, "not_found");
    handler(request, response, body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));

  const self: AuthServer = {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    lifetime: 900,
    next(name, handler) {
      special.set(name, [...(special.get(name) ?? []), handler]);
    },
    endSessions: () => sessions.clear(),
    sessions: () => sessions.size,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return self;
}

/** How an API refuses an access token (RFC 6750 §3). */
export function refused(code: string) {
  return problem(401, code, {}, { "WWW-Authenticate": 'Bearer error="invalid_token"' });
}

function sessionOf(request: IncomingMessage): string {
  return /refresh_token=([^;]+)/.exec(request.headers.cookie ?? "")?.[1] ?? "";
}
