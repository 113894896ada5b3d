import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDatabase } from "#db/index.ts";
import { newDatabase, type TestDatabase } from "../support/databases.ts";
import { run, type Server, secret, startServer } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

let database: TestDatabase;
let settings: Record<string, string>;
let server: Server;

beforeAll(async () => {
  database = await newDatabase();
  settings = {
    AUTH_SECRET: secret,
    DATABASE_URL: database.url,
    // Lets each test send requests from an address of its own.
    TRUSTED_PROXIES: "127.0.0.1,::1",
  };
  server = await startServer(settings);
});

afterAll(async () => {
  await server.stop();
  await database.remove();
});

let network = 0;
/** Headers that a proxy sends for a client at a new address. */
function somewhere() {
  network += 1;
  return { "X-Forwarded-For": `198.51.100.${network}` };
}

const login = "/api/auth/login";
const wrong = "not the password";
const visitor = () => new Browser(server.url);

async function guess(username: string, headers: Record<string, string>, from = visitor()) {
  return from.post(login, { body: { username, password: wrong }, headers });
}

describe("guessing a password", () => {
  test("in parallel, from many addresses, at two servers, gets ten tries and no more", async () => {
    const { user } = await visitor().signUp();
    const second = await startServer({ ...settings, APP_URL: server.url }, { migrate: false });
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, i) =>
        guess(user.username, somewhere(), new Browser(i % 4 < 2 ? server.url : second.url)),
      ),
    );
    await second.stop("SIGKILL");
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(10);
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(90);
    const retryAfter = Number(refused[0]?.headers.get("retry-after"));
    expect(retryAfter).toBeGreaterThan(25);
    // One second more for a request that is older than the block it meets.
    expect(retryAfter).toBeLessThanOrEqual(31);
    expect(await problem(refused[0] as Response)).toEqual([429, "too_many_attempts"]);
  });

  test("by username and by email address gets ten tries together, and no response tells that", async () => {
    // One account, one count (better-auth CVE-2026-110861), seen by nobody (red team 7).
    const { user } = await visitor().signUp();
    const statuses = async (name: string) => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => guess(name, somewhere())));
      return answers.map(({ status }) => status).sort();
    };
    const tenTries = [...Array(10).fill(401), ...Array(10).fill(429)];
    expect(await statuses(user.username)).toEqual(tenTries);
    expect(await statuses(user.email)).toEqual(tenTries);
    expect(await statuses("nobody@example.com")).toEqual(tenTries);
    const db = openDatabase(database.url);
    const compared = await db.query
      .selectFrom("audit_events")
      .select("id")
      .where("user_id", "=", user.id)
      .where("type", "=", "login_failed")
      .where("detail", "=", "")
      .execute();
    expect(compared).toHaveLength(10);
    await db.close();
  });

  test("of an account that does not exist looks the same", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 12; i += 1) statuses.push((await guess("nobody", somewhere())).status);
    expect(statuses).toEqual([...Array(10).fill(401), 429, 429]);
  });

  test("does not keep the owner out of a browser that has signed in before", async () => {
    const browser = visitor();
    const { user } = await browser.signUp();
    await browser.post("/api/auth/logout");
    for (let i = 0; i < 12; i += 1) await guess(user.username, somewhere());
    const body = { username: user.username, password };
    const stranger = await visitor().post(login, { body, headers: somewhere() });
    expect(stranger.status).toBe(429);
    expect((await browser.post(login, { body })).status).toBe(200);
  });

  test("from a browser with a device cookie has a limit, too", async () => {
    const browser = visitor();
    const { user } = await browser.signUp();
    const statuses: number[] = [];
    for (let i = 0; i < 11; i += 1) {
      statuses.push((await guess(user.username, somewhere(), browser)).status);
    }
    expect(statuses).toEqual([...Array(10).fill(401), 429]);
  });

  test("from one address is limited across all accounts; an IPv6 address counts by its /64", async () => {
    const statuses: number[] = [];
    for (let i = 0; i < 31; i += 1) {
      const headers = { "X-Forwarded-For": `2001:db8:0:7::${i.toString(16)}` };
      statuses.push((await guess(`somebody-${i}`, headers)).status);
    }
    expect(statuses).toEqual([...Array(30).fill(401), 429]);
    const elsewhere = { "X-Forwarded-For": "2001:db8:0:8::1" };
    expect((await guess("somebody-else", elsewhere)).status).toBe(401);
  });

  test("is forgotten after the right password, and does not count against the address", async () => {
    const { user } = await visitor().signUp();
    const headers = somewhere();
    for (let round = 0; round < 5; round += 1) {
      for (let i = 0; i < 5; i += 1) await guess(user.username, headers);
      const body = { username: user.username, password };
      expect((await visitor().post(login, { body, headers })).status).toBe(200);
    }
  });
});

test("signing up is limited by address", async () => {
  const headers = somewhere();
  const statuses: number[] = [];
  for (let i = 0; i < 21; i += 1) {
    const body = { username: `many-${i}`, email: `many-${i}@example.com`, password };
    statuses.push((await visitor().post("/api/auth/signup", { body, headers })).status);
  }
  expect(statuses).toEqual([...Array(20).fill(201), 429]);
});

test("refreshing is limited by session, and a 429 leaves the cookie alone", async () => {
  const browser = visitor();
  await browser.signUp();
  const answers: Response[] = [];
  for (let i = 0; i < 61; i += 1) answers.push(await browser.copy().refresh());
  expect(answers.slice(0, 60).every(({ status }) => status === 200)).toBe(true);
  expect(answers[60]?.headers.getSetCookie()).toEqual([]);
  expect(await problem(answers[60] as Response)).toEqual([429, "too_many_attempts"]);
});

test("the limits survive a restart", async () => {
  const { user } = await visitor().signUp();
  for (let i = 0; i < 10; i += 1) await guess(user.username, somewhere());
  await server.stop();
  server = await startServer(settings);
  expect((await guess(user.username, somewhere())).status).toBe(429);
});

// case: hypothesis/h#5652
describe("a class of thirty", () => {
  test("signs up from one address once the limits are set; the log says whose headers are not trusted", async () => {
    const own = await newDatabase();
    const school = await startServer({
      AUTH_SECRET: secret,
      DATABASE_URL: own.url,
      RATE_LIMIT_SIGNUP_BY_ADDRESS: "40/60m",
    });
    expect(school.output()).toMatch(
      /TRUSTED_PROXIES is not set: no forwarding headers are trusted/,
    );
    expect(school.output()).not.toMatch(/a request has forwarding headers/);
    const statuses = await Promise.all(
      Array.from({ length: 30 }, async (_, i) => {
        const body = { username: `pupil-${i}`, email: `pupil-${i}@example.com`, password };
        // As a proxy sends them that the server has not been told of.
        const headers = { "X-Forwarded-For": `192.168.0.${i}` };
        return (await new Browser(school.url).post("/api/auth/signup", { body, headers })).status;
      }),
    );
    expect(statuses).toEqual(Array(30).fill(201));
    expect(school.output().match(/a request has forwarding headers/g)).toHaveLength(1);
    await school.stop();
    await own.remove();
  });

  test("a limit that does not exist stops the start", async () => {
    const misspelt = { ...settings, RATE_LIMIT_SINGUP_BY_ADDRESS: "40/60m" };
    await expect(startServer(misspelt, { migrate: false })).rejects.toThrow(
      /RATE_LIMIT_SINGUP_BY_ADDRESS is no limit/,
    );
    expect((await run("scripts/prune.ts", misspelt)).output).toMatch(/is no limit of this server/);
  });

  test("no forwarding headers of a trusted proxy are reported", () => {
    expect(server.output()).not.toMatch(/forwarding headers/);
  });
});
