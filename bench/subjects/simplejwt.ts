/** What clients of Django with simplejwt do (bench/peers/simplejwt). */
import { password, username } from "../lib/seeds.ts";
import type { Client } from "../load/client.ts";
import type { Subject } from "../load/operations.ts";

interface Tokens {
  access: string;
  refresh: string;
}

const held = new WeakMap<Client, Tokens>();
const toEnd = new WeakMap<Client, string[]>();
const stock = 8;

async function post(client: Client, path: string, body: object): Promise<Tokens> {
  const headers = { "content-type": "application/json" };
  const answer = await client.expect(200, "POST", path, { headers, body: JSON.stringify(body) });
  return JSON.parse(answer.text());
}

async function signIn(client: Client): Promise<void> {
  const user = { username: username(client.number % 64), password };
  held.set(client, await post(client, "/login", user));
}

async function signedIn(client: Client): Promise<void> {
  if (!held.has(client)) await signIn(client);
}

/** Each refresh token works once; after that the blacklist refuses it. */
async function refresh(client: Client): Promise<void> {
  held.set(client, await post(client, "/refresh", { refresh: held.get(client)?.refresh }));
}

export const simplejwt: Subject = {
  login: { request: signIn },
  refresh: { prepare: signedIn, request: refresh },
  me: {
    prepare: signIn,
    async request(client) {
      const headers = { authorization: `Bearer ${held.get(client)?.access}` };
      await client.expect(200, "GET", "/me", { headers });
    },
  },
  logout: {
    most: stock,
    async prepare(client) {
      const tokens = toEnd.get(client) ?? [];
      while (tokens.length < stock) {
        await signIn(client);
        tokens.push(held.get(client)?.refresh ?? "");
      }
      toEnd.set(client, tokens);
    },
    request: async (client) =>
      void (await post(client, "/logout", { refresh: toEnd.get(client)?.pop() })),
  },
};
