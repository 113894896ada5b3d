/** How email is sent: after the response, once, to its recipient only, whatever happens. */
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { createServer, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { freePort, type Server } from "../support/server.ts";
import { linkIn, type Smtp, startSmtp } from "../support/smtp.ts";
import { randomAddress, routes, startWorld, type World } from "./accounts.ts";
import { Browser, password } from "./browser.ts";

let world: World;
const running: Server[] = [];
const mailServers: Smtp[] = [];

beforeAll(async () => {
  world = await startWorld({ EMAIL_LOGIN: "on" });
});

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop("SIGKILL");
  for (const smtp of mailServers.splice(0)) await smtp.close();
});

afterAll(() => world.stop());

const pause = (milliseconds: number) => new Promise((done) => setTimeout(done, milliseconds));

/** Starts a server that sends its email to `port`, where no mail server listens yet. */
async function startWithMailAt(port: number) {
  const server = await world.start({ SMTP_URL: `smtp://127.0.0.1:${port}` });
  running.push(server);
  return server;
}

async function startMailServer(port: number) {
  const smtp = await startSmtp(port);
  mailServers.push(smtp);
  return smtp;
}

/** Returns the new account's address, and how many milliseconds signing up took. */
async function signUp(server: Server) {
  const started = performance.now();
  const { user } = await new Browser(server.url).signUp();
  return { email: user.email as string, took: performance.now() - started };
}

/** Makes every queued email due. */
async function hurry({ db }: World) {
  await db.query.updateTable("mails").set({ send_at: 0 }).execute();
}

const queued = () => world.db.query.selectFrom("mails").selectAll().execute();

describe("an email", () => {
  test("waits while the mail server is down, then arrives once; no response waits for it", async () => {
    // A world of its own, so that no other server sends what is queued here.
    const alone = await startWorld();
    await alone.server.stop();
    const port = await freePort();
    const server = await alone.start({ SMTP_URL: `smtp://127.0.0.1:${port}` });
    const { email, took } = await signUp(server);
    expect(took).toBeLessThan(3_000);
    await pause(500);
    expect(await alone.db.query.selectFrom("mails").selectAll().execute()).toHaveLength(1);
    const smtp = await startMailServer(port);
    await hurry(alone);
    // Sending one email also sends those that are due.
    const body = { email: randomAddress() };
    await new Browser(server.url).post(routes.forgot, { body });
    await smtp.take(email, /Confirm/);
    await pause(1_000);
    expect(smtp.received).toHaveLength(1);
    expect(await alone.db.query.selectFrom("mails").selectAll().execute()).toEqual([]);

    // A server killed between the response and the sending leaves the email to the next one.
    await smtp.close();
    const second = await signUp(server);
    await server.stop("SIGKILL");
    const after = await startMailServer(port);
    await hurry(alone);
    const next = await Promise.all(
      [1, 2].map(() => alone.start({ SMTP_URL: `smtp://127.0.0.1:${port}` })),
    );
    const mail = await after.take(second.email, /Confirm/);
    await pause(1_000);
    expect(after.received.map(({ messageId }) => messageId)).toEqual([mail.messageId]);
    expect(next).toHaveLength(2);
    await alone.stop();
  });

  test("is sent once by two servers on one database", async () => {
    const port = await freePort();
    const servers = await Promise.all([1, 2].map(() => startWithMailAt(port)));
    await world.server.stop();
    const emails: string[] = [];
    for (let i = 0; i < 8; i += 1) {
      emails.push((await signUp(servers[i % 2] as Server)).email);
    }
    await pause(500);
    const smtp = await startMailServer(port);
    await hurry(world);
    for (const email of emails) await smtp.take(email);
    await pause(1_000);
    expect(smtp.received.map(({ to }) => to).toSorted()).toEqual(emails.toSorted());
    expect(await queued()).toEqual([]);
    await Promise.all(servers.map((server) => server.stop()));
    world.server = await world.start();
  });

  test("does not wait for a mail server that accepts the connection and says nothing", async () => {
    const sockets: Socket[] = [];
    const silent = createServer((socket) => sockets.push(socket)).listen(0, "127.0.0.1");
    await once(silent, "listening");
    const address = silent.address();
    const port = typeof address === "object" && address ? address.port : 0;
    const server = await startWithMailAt(port);
    // More emails than a server sends at a time.
    const answers = await Promise.all(Array.from({ length: 12 }, () => signUp(server)));
    for (const { took } of answers) expect(took).toBeLessThan(4_000);
    const browser = new Browser(server.url);
    const started = performance.now();
    await browser.post(routes.forgot, { body: { email: answers[0]?.email } });
    await browser.get("/api/health");
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(sockets.length).toBeLessThanOrEqual(5);
    for (const socket of sockets) socket.destroy();
    silent.close();
    await server.stop("SIGKILL");
    await world.db.query.deleteFrom("mails").execute();
  });

  test("to a mailbox that does not exist is not retried", async () => {
    const email = randomAddress();
    const asked = world.smtp.refuse(email);
    await new Browser(world.server.url).signUp({ email });
    await expect.poll(queued, { timeout: 5_000 }).toEqual([]);
    expect(asked()).toBe(1);
  });

  test("goes to one recipient, whatever the address says", async () => {
    const browser = new Browser(world.server.url);
    const evil = "thief@evil.example";
    for (const email of [
      `ada@example.com\r\nBcc: ${evil}`,
      `ada@example.com\nBcc: ${evil}`,
      `ada@example.com,${evil}`,
      `ada@example.com, ${evil}`,
      `ada@example.com;${evil}`,
      `ada@example.com ${evil}`,
      `${evil}<ada@example.com>`,
      `"${evil}" <ada@example.com>`,
      `<${evil}>ada@example.com`,
      `ada@example.com\0${evil}`,
      `ada＠example.com,${evil}`,
    ]) {
      const username = `u${randomAddress().slice(1, 30)}`;
      const body = { username, email, password };
      expect((await browser.post("/api/auth/signup", { body })).status).toBe(422);
      for (const route of [routes.forgot, routes.resend, routes.emailLogin]) {
        expect((await browser.post(route, { body: { email } })).status).toBe(422);
      }
    }
    const { user } = await new Browser(world.server.url).signUp();
    expect((await world.smtp.take(user.email)).recipients).toEqual([user.email]);
    expect(JSON.stringify(world.smtp.received)).not.toContain("evil.example");
  });

  test("has links to the configured origin, whatever the request's headers", async () => {
    const server = await world.start({ PAGES_URL: "http://127.0.0.1:4321" });
    running.push(server);
    const poison = {
      Host: "evil.example",
      "X-Forwarded-Host": "evil.example",
      "X-Forwarded-Proto": "https",
      "X-Forwarded-Port": "4433",
      "X-Original-Host": "evil.example",
      "X-Host": "evil.example",
      Forwarded: "host=evil.example;proto=https",
      Referer: "https://evil.example/",
      "X-Original-URL": "https://evil.example/",
    };
    const [email, other] = [randomAddress(), randomAddress()];
    const user = { username: `u${email.slice(1, 30)}`, email, password };
    const joined = await rawPost(server.url, "/api/auth/signup", user, poison);
    expect(joined.statusCode).toBe(201);
    await rawPost(server.url, routes.resend, { email }, poison);
    await rawPost(server.url, routes.forgot, { email }, poison);
    await rawPost(server.url, routes.emailLogin, { email }, poison);
    const login = await rawPost(server.url, routes.login, user, poison);
    const cookie = /__Host-refresh_token=[^;]+/.exec(`${login.headers["set-cookie"]}`)?.[0] ?? "";
    await rawPost(server.url, routes.changeEmail, { email: other }, { ...poison, Cookie: cookie });
    const kinds = [/Confirm your email/, /Confirm your email/, /new password/, /sign-in link/];
    const mails = [await world.smtp.take(other, /Confirm your new/)];
    for (const kind of [...kinds, /new sign-in/]) mails.push(await world.smtp.take(email, kind));
    for (const mail of mails) {
      expect(linkIn(mail).origin).toBe("http://127.0.0.1:4321");
      for (const part of [mail.text, mail.html, mail.subject, mail.messageId]) {
        expect(part).not.toMatch(/evil|4433/);
      }
    }
  });
});

/** Sends any Host header, as an attacker can and `fetch` cannot. */
async function rawPost(
  origin: string,
  path: string,
  body: object,
  headers: Record<string, string>,
): Promise<IncomingMessage> {
  const sent = request(origin + path, {
    method: "POST",
    setHost: false,
    headers: { ...headers, "Content-Type": "application/json" },
  });
  sent.end(JSON.stringify(body));
  const [answer] = await once(sent, "response");
  answer.resume();
  await once(answer, "end");
  return answer;
}
