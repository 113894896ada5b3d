/** What clients of better-auth do (bench/peers/better-auth). */
import { password } from "../lib/seeds.ts";
import type { Client } from "../load/client.ts";
import type { Subject } from "../load/operations.ts";

/** Signing in is slow, so each client has only this many sessions to end in one slice. */
const stock = 4;
const toEnd = new WeakMap<Client, string[][]>();
const known = new WeakSet<Client>();

async function post(client: Client, path: string, body: object): Promise<void> {
  const headers = { origin: client.origin, "content-type": "application/json" };
  await client.expect(200, "POST", `/api/auth${path}`, { headers, body: JSON.stringify(body) });
}

const emailOf = (client: Client) => `${Math.random().toString(36).slice(2)}${client.number}@e.com`;
const emails = new WeakMap<Client, string>();

/** Signs up, which also signs in. */
async function signUp(client: Client): Promise<void> {
  if (known.has(client)) return;
  known.add(client);
  const email = emailOf(client);
  emails.set(client, email);
  await post(client, "/sign-up/email", { email, password, name: "Somebody" });
}

async function signIn(client: Client): Promise<void> {
  client.cookies.clear();
  await post(client, "/sign-in/email", { email: emails.get(client), password });
}

/** Gets a JWT for the session, as a client does before it calls another service. */
const refresh = {
  prepare: signUp,
  request: async (client: Client) => void (await client.expect(200, "GET", "/api/auth/token")),
};

export const betterAuth: Subject = {
  login: { prepare: signUp, request: signIn },
  refresh,
  me: {
    prepare: signUp,
    async request(client) {
      const answer = await client.expect(200, "GET", "/api/auth/get-session");
      if (!answer.text().includes("user")) throw new Error("No user is signed in.");
    },
  },
  page: {
    prepare: signUp,
    request: async (client) => void (await client.expect(200, "GET", "/me")),
  },
  gate: {
    request: async (client) => void (await client.expect(307, "GET", "/me")),
  },
  logout: {
    most: stock,
    async prepare(client) {
      await signUp(client);
      const sessions = toEnd.get(client) ?? [];
      while (sessions.length < stock) {
        await signIn(client);
        sessions.push([...client.cookies].flat());
      }
      toEnd.set(client, sessions);
    },
    async request(client) {
      const cookies = toEnd.get(client)?.pop() ?? [];
      client.cookies.clear();
      for (let n = 0; n < cookies.length; n += 2) {
        client.cookies.set(cookies[n] ?? "", cookies[n + 1] ?? "");
      }
      await post(client, "/sign-out", {});
    },
  },
};
