/** What clients of next-auth do (bench/peers/next-auth). It stores no sessions, so none ends. */
import { password, username } from "../lib/seeds.ts";
import type { Client } from "../load/client.ts";
import type { Subject } from "../load/operations.ts";

const forms = new WeakMap<Client, URLSearchParams>();

/** Gets the CSRF token that its forms carry. */
async function openForm(client: Client): Promise<void> {
  const answer = await client.expect(200, "GET", "/api/auth/csrf");
  const { csrfToken } = JSON.parse(answer.text());
  const user = { username: username(client.number), password };
  forms.set(client, new URLSearchParams({ csrfToken, json: "true", ...user }));
}

async function post(client: Client, path: string): Promise<void> {
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = String(forms.get(client));
  await client.expect(200, "POST", `/api/auth${path}`, { headers, body });
}

const signIn = (client: Client) => post(client, "/callback/credentials");

async function signedIn(client: Client): Promise<void> {
  if (forms.has(client)) return;
  await openForm(client);
  await signIn(client);
}

/** Opens the session cookie and seals it anew each time: its refresh and its "me" are one. */
const session = {
  prepare: signedIn,
  async request(client: Client) {
    const answer = await client.expect(200, "GET", "/api/auth/session");
    if (!answer.text().includes("user")) throw new Error("No user is signed in.");
  },
};

export const nextAuth: Subject = {
  login: { prepare: openForm, request: signIn },
  refresh: session,
  me: session,
  page: {
    prepare: signedIn,
    request: async (client) => void (await client.expect(200, "GET", "/me")),
  },
  gate: {
    request: async (client) => void (await client.expect(307, "GET", "/me")),
  },
  logout: {
    prepare: openForm,
    request: (client) => post(client, "/signout"),
  },
};
