/** What clients of this project do. The database has been filled by bench/lib/seed-sqlite.ts. */
import { sealRefreshToken } from "#lib/auth/session/seal-refresh-token.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { cookieName, password, refreshCookie, secret, username } from "../lib/seeds.ts";
import type { Client } from "../load/client.ts";
import type { Subject } from "../load/operations.ts";

/** The next unused session; an argument says where this driver's own begin. */
let sessions = Number(process.argv[2]);

/** Gives the client a session that no other client has. */
async function takeSession(client: Client): Promise<void> {
  client.cookies.set(cookieName, await refreshCookie(sessions++, Date.now()));
}

async function refresh(client: Client) {
  return client.expect(200, "POST", "/api/auth/refresh");
}

async function me(client: Client): Promise<void> {
  const headers = { authorization: `Bearer ${client.token}` };
  await client.expect(200, "GET", "/api/auth/me", { headers });
}

const tokens = new WeakMap<Client, string[]>();

const refreshing = {
  async prepare(client: Client) {
    if (!client.cookies.has(cookieName)) await takeSession(client);
  },
  request: async (client: Client) => void (await refresh(client)),
};

/** The cookies of many sessions for each client, so that it can be many users in turn. */
const jars = new WeakMap<Client, string[]>();
const jarsEach = 30;

/** As `refreshing`, with another session each time: reads and writes spread over the tables. */
const refreshingMany = {
  prepare: (client: Client) => fillJars(client, client.number * jarsEach),
  request: refreshNext,
};

async function fillJars(client: Client, first: number): Promise<void> {
  if (jars.has(client)) return;
  const numbers = Array.from({ length: jarsEach }, (_, n) => first + n);
  jars.set(client, await Promise.all(numbers.map((n) => refreshCookie(n, Date.now()))));
}

async function refreshNext(client: Client): Promise<void> {
  const mine = jars.get(client) ?? [];
  client.cookies.set(cookieName, mine.shift() ?? "");
  const answer = await refresh(client);
  mine.push(client.cookies.get(cookieName) ?? "");
  client.token = JSON.parse(answer.text()).access_token;
}

/** Sessions below this number are refreshed. */
const firstToRead = 500;

/** A stock for each client, because a session ends once. */
const toEnd = new WeakMap<Client, string[]>();
const stock = 150;

/** Signs in as user `number`; `from` is the address that a proxy reports. Returns the status. */
async function signIn(client: Client, number: number, from?: string): Promise<number> {
  client.cookies.clear();
  const { status } = await client.send("POST", "/api/auth/login", {
    headers: { "content-type": "application/json", ...(from && { "x-forwarded-for": from }) },
    body: JSON.stringify({ username: username(number), password }),
  });
  return status;
}

const byte = () => Math.floor(Math.random() * 256);

export const latchkey: Subject = {
  login: {
    async request(client) {
      const status = await signIn(client, Math.floor(Math.random() * client.users));
      if (status !== 200) throw new Error(`A sign-in returned ${status}.`);
    },
  },

  /** The attack: one account, with its own password, from one address, as often as it can. */
  "login, hostile": {
    async request(client) {
      const status = await signIn(client, 0, "203.0.113.1");
      if (status !== 200 && status !== 503) throw new Error(`The attack got a ${status}.`);
    },
  },

  /** Others meanwhile, each from a network of their own. All of them get in, at the first try. */
  "login, elsewhere": {
    async request(client) {
      const number = 1 + Math.floor(Math.random() * (client.users - 1));
      const status = await signIn(client, number, `10.${byte()}.${byte()}.${byte()}`);
      if (status !== 200) throw new Error(`An honest sign-in returned ${status}.`);
    },
  },

  refresh: refreshing,

  "refresh, many sessions": refreshingMany,

  "me, many sessions": {
    async prepare(client) {
      if (tokens.has(client)) return;
      await fillJars(client, firstToRead + client.number * jarsEach);
      const mine: string[] = [];
      for (let n = 0; n < jarsEach; n += 1) {
        await refreshNext(client);
        mine.push(client.token);
      }
      tokens.set(client, mine);
    },
    async request(client) {
      const mine = tokens.get(client) ?? [];
      client.token = mine.shift() ?? "";
      await me(client);
      mine.push(client.token);
    },
  },

  me: {
    async prepare(client) {
      await refreshing.prepare(client);
      client.token = JSON.parse((await refresh(client)).text()).access_token;
    },
    request: me,
  },

  page: {
    prepare: refreshing.prepare,
    request: async (client) => void (await client.expect(200, "GET", "/me")),
  },

  gate: {
    request: async (client) => void (await client.expect(307, "GET", "/me")),
  },

  /** The session has ended, which the middleware sees only by opening the seal. */
  "gate, sealed": {
    async prepare(client) {
      const token = { session: "s", generation: 0, id: "i", parent: null };
      const sealed = await sealRefreshToken(
        { ...token, issued_at: 0, expires_at: 1 },
        new Keyring([secret]),
      );
      client.cookies.set(cookieName, sealed);
    },
    request: async (client) => void (await client.expect(307, "GET", "/me")),
  },

  logout: {
    most: stock,
    async prepare(client) {
      const cookies = toEnd.get(client) ?? [];
      while (cookies.length < stock) cookies.push(await refreshCookie(sessions++, Date.now()));
      toEnd.set(client, cookies);
    },
    async request(client) {
      client.cookies.set(cookieName, toEnd.get(client)?.pop() ?? "");
      await client.expect(204, "POST", "/api/auth/logout");
    },
  },
};
