import type { KeyObject } from "node:crypto";
import { exportJWK, generateKeyPair, importJWK, SignJWT } from "jose";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#db/index.ts";
import { loadSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { Keyring } from "#lib/crypto/keyring.ts";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

let database: TestDatabase;
let server: Server;
let genuine: string;
let userId: string;

beforeAll(async () => {
  database = await newDatabase();
  server = await startServer({
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    RATE_LIMITS: "off",
  });
  const { access_token, user } = await new Browser(server.url).signUp();
  genuine = access_token;
  userId = user.id;
});

afterAll(async () => {
  await server.stop();
  await database.remove();
});

const me = (authorization: string) =>
  new Browser(server.url).get("/api/auth/me", { headers: { Authorization: authorization } });

const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? "", "base64url").toString());
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
const header = () => decode(genuine.split(".")[0]);
const claims = () => decode(genuine.split(".")[1]);

/** Returns the server's own key, so that a token is wrong only in what a test changes. */
async function ownKey(): Promise<KeyObject> {
  const db = openDatabase(database.url);
  const options = { db: db.query, keyring: new Keyring([secret]), accessTokenLifetime: 900 };
  const { signing } = await loadSigningKeys({ ...options, now: Date.now() });
  await db.close();
  return signing.privateKey;
}

async function sign(change: { header?: object; claims?: object }): Promise<string> {
  return new SignJWT({ ...claims(), ...change.claims })
    .setProtectedHeader({ ...header(), ...change.header })
    .sign(await ownKey());
}

describe("an access token", () => {
  test("is a JWT as in RFC 9068, without personal data", () => {
    expect(header()).toEqual({ alg: "ES256", typ: "at+jwt", kid: expect.any(String) });
    expect(claims()).toEqual({
      iss: server.url,
      aud: server.url,
      sub: userId,
      client_id: "latchkey",
      sid: expect.stringMatching(/^[\w-]{22}$/),
      jti: expect.stringMatching(/^[\w-]{22}$/),
      iat: expect.any(Number),
      exp: claims().iat + 900,
      auth_time: expect.any(Number),
      amr: ["pwd"],
      role: "user",
    });
  });

  test("is accepted in the Authorization header, whatever the case of the scheme", async () => {
    expect((await me(`Bearer ${genuine}`)).status).toBe(200);
    expect((await me(`bearer ${genuine}`)).status).toBe(200);
    expect((await me(`Bearer ${await sign({})}`)).status).toBe(200);
  });

  test("that is missing gets a bare challenge", async () => {
    const response = await new Browser(server.url).get("/api/auth/me");
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
    expect(await problem(response)).toEqual([401, "token_missing"]);
  });
});

describe("a forged access token is refused:", () => {
  const now = () => Math.floor(Date.now() / 1000);
  const forgeries: Record<string, () => Promise<string>> = {
    "alg none": async () => `${encode({ ...header(), alg: "none" })}.${genuine.split(".")[1]}.`,
    "alg none with a signature": async () =>
      `${encode({ ...header(), alg: "none" })}.${genuine.split(".").slice(1).join(".")}`,
    "HS256 with the public key as its secret": async () => {
      const { keys } = await (await fetch(`${server.url}/.well-known/jwks.json`)).json();
      return new SignJWT(claims())
        .setProtectedHeader({ ...header(), alg: "HS256" })
        .sign(new TextEncoder().encode(JSON.stringify(keys[0])));
    },
    "an unknown kid": () => sign({ header: { kid: "somebody-else" } }),
    "no kid": () => sign({ header: { kid: undefined } }),
    "a foreign key under our kid": async () => {
      const { privateKey } = await generateKeyPair("ES256");
      return new SignJWT(claims()).setProtectedHeader(header()).sign(privateKey);
    },
    "a key that the token carries": async () => {
      const { privateKey, publicKey } = await generateKeyPair("ES256", { extractable: true });
      const jwk = await exportJWK(publicKey);
      return new SignJWT(claims())
        .setProtectedHeader({ ...header(), kid: "own", jwk })
        .sign(await importJWK(await exportJWK(privateKey), "ES256"));
    },
    "a jku": () => sign({ header: { kid: "own", jku: "http://127.0.0.1:9/jwks.json" } }),
    "another typ": () => sign({ header: { typ: "JWT" } }),
    "no typ": () => sign({ header: { typ: undefined } }),
    "another issuer": () => sign({ claims: { iss: "https://evil.example" } }),
    "another audience": () => sign({ claims: { aud: "https://evil.example" } }),
    "another client": () => sign({ claims: { client_id: "other" } }),
    "no session": () => sign({ claims: { sid: undefined } }),
    "no jti": () => sign({ claims: { jti: undefined } }),
    "no exp": () => sign({ claims: { exp: undefined } }),
    "issued in the future": () => sign({ claims: { iat: now() + 600, exp: now() + 900 } }),
    "an unknown critical header": async () =>
      new SignJWT(claims())
        .setProtectedHeader({ ...header(), crit: ["x"], x: 1 })
        .sign(await ownKey(), { crit: { x: true } }),
    "a changed claim": async () => {
      const [head, , signature] = genuine.split(".");
      return `${head}.${encode({ ...claims(), role: "admin" })}.${signature}`;
    },
    "a truncated signature": async () => genuine.slice(0, -4),
    "five parts": async () => `${genuine}.a.b`,
    "percent signs": async () => "%00%ff%",
    "another token after it": async () => `${genuine}, Bearer ${genuine}`,
    "8000 characters": async () => "a".repeat(8000),
  };

  test.each(Object.keys(forgeries))("%s", async (name) => {
    const response = await me(`Bearer ${await forgeries[name]?.()}`);
    expect(response.headers.get("www-authenticate")).toBe('Bearer error="invalid_token"');
    expect(await problem(response)).toEqual([401, "token_invalid"]);
  });

  test("expired", async () => {
    const token = await sign({ claims: { iat: now() - 1000, exp: now() - 100 } });
    expect(await problem(await me(`Bearer ${token}`))).toEqual([401, "token_expired"]);
  });

  test("of another user's session", async () => {
    const token = await sign({ claims: { sub: "somebody-else" } });
    expect(await problem(await me(`Bearer ${token}`))).toEqual([401, "token_revoked"]);
  });

  test("of a session that never existed", async () => {
    const token = await sign({ claims: { sid: "AAAAAAAAAAAAAAAAAAAAAA" } });
    expect(await problem(await me(`Bearer ${token}`))).toEqual([401, "token_revoked"]);
  });
});

describe("a change in the database takes effect at once", () => {
  async function withDatabase(change: (db: ReturnType<typeof openDatabase>) => Promise<unknown>) {
    const db = openDatabase(database.url);
    await change(db);
    await db.close();
  }

  test("simplejwt CVE-2024-22513: a disabled user can use neither token nor password", async () => {
    const browser = new Browser(server.url);
    const { access_token: token, user } = await browser.signUp();
    await withDatabase((db) =>
      db.query.updateTable("users").set({ is_active: 0 }).where("id", "=", user.id).execute(),
    );
    expect(await problem(await me(`Bearer ${token}`))).toEqual([401, "token_revoked"]);
    expect(await problem(await browser.refresh())).toEqual([401, "session_expired"]);
    const body = { username: user.username, password };
    const login = await new Browser(server.url).post("/api/auth/login", { body });
    expect(await problem(login)).toEqual([401, "invalid_credentials"]);
  });

  test("a new role applies to the old token and is in the next one", async () => {
    const browser = new Browser(server.url);
    const { access_token: token, user } = await browser.signUp();
    await withDatabase((db) =>
      db.query.updateTable("users").set({ role: "admin" }).where("id", "=", user.id).execute(),
    );
    expect((await (await me(`Bearer ${token}`)).json()).role).toBe("admin");
    const next = await (await browser.refresh()).json();
    expect(decode(next.access_token.split(".")[1]).role).toBe("admin");
  });

  test("a session past its limits is over, whatever its tokens say", async () => {
    const browser = new Browser(server.url);
    const { access_token: token, user } = await browser.signUp();
    await withDatabase((db) =>
      db.query
        .updateTable("sessions")
        .set({ idle_expires_at: Date.now() - 1 })
        .where("user_id", "=", user.id)
        .execute(),
    );
    expect(await problem(await me(`Bearer ${token}`))).toEqual([401, "token_revoked"]);
    expect(await problem(await browser.refresh())).toEqual([401, "session_expired"]);
  });
});
