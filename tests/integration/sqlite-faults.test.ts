import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import Sqlite from "better-sqlite3";
import { describe, expect, test } from "vitest";
import { engine } from "../support/databases.ts";
import { secret, startServer, temporaryFolder } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

/** Mounting a disk of two megabytes needs Linux and root. */
const canMount = process.platform === "linux" && process.getuid?.() === 0;

describe.runIf(engine === "sqlite")("SQLite", () => {
  test.skipIf(!canMount)("on a full disk refuses to write and loses nothing", async () => {
    const folder = temporaryFolder();
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", folder.path]);
    const settings = {
      AUTH_SECRET: secret,
      DATABASE_URL: `file:${folder.path}/auth.db`,
      RATE_LIMITS: "off",
      REFRESH_TOKEN_MIN_AGE: "0",
    };
    const server = await startServer(settings);
    try {
      const browser = new Browser(server.url);
      const { access_token: token } = await browser.signUp();
      await browser.refresh();
      const { bavail, bsize } = statfsSync(folder.path);
      writeFileSync(`${folder.path}/ballast`, Buffer.alloc(bavail * bsize));

      // The write-ahead log has some room left; these refreshes use it up.
      let response = await browser.refresh();
      for (let i = 0; i < 50 && response.status === 200; i += 1) response = await browser.refresh();
      expect(await problem(response)).toEqual([503, "unavailable"]);
      const body = { username: "ada", email: "ada@example.com", password };
      const signup = await new Browser(server.url).post("/api/auth/signup", { body });
      expect(await problem(signup)).toEqual([503, "unavailable"]);
      // Requests that only read still work.
      expect((await browser.get("/api/ping", { token })).status).toBe(200);

      rmSync(`${folder.path}/ballast`);
      expect((await browser.refresh()).status).toBe(200);
      const again = await new Browser(server.url).post("/api/auth/signup", { body });
      expect(again.status).toBe(201);
    } finally {
      await server.stop();
      execFileSync("umount", [folder.path]);
      folder.remove();
    }
  });

  test("that another process has locked leads to a 503 within five seconds, and blocks nothing else", async () => {
    const folder = temporaryFolder();
    const server = await startServer({
      AUTH_SECRET: secret,
      DATABASE_URL: `file:${folder.path}/auth.db`,
      RATE_LIMITS: "on",
    });
    const other = new Sqlite(`${folder.path}/auth.db`);
    try {
      const reader = new Browser(server.url);
      const { access_token: token, user } = await reader.signUp();
      other.exec("begin immediate");
      const inTime = async (limit: number, answer: Promise<Response>) => {
        const started = performance.now();
        const response = await answer;
        expect(performance.now() - started).toBeLessThan(limit);
        return response;
      };
      const waiting = Array.from({ length: 6 }, (_, i) => {
        const body = { username: `ada${i}`, email: `ada${i}@example.com`, password };
        return inTime(5_000, new Browser(server.url).post("/api/auth/signup", { body }));
      });
      const body = { username: user.username, password };
      waiting.push(inTime(5_000, new Browser(server.url).post("/api/auth/login", { body })));
      waiting.push(inTime(5_000, reader.copy().refresh()));
      for (let i = 0; i < 5; i += 1) {
        await new Promise((done) => setTimeout(done, 300));
        const alive = await inTime(2_000, fetch(`${server.url}/api/health/live`));
        expect(alive.status).toBe(200);
        expect((await inTime(2_000, reader.get("/api/ping", { token }))).status).toBe(200);
      }
      for (const answer of await Promise.all(waiting)) {
        expect(await problem(answer)).toEqual([503, "unavailable"]);
      }

      // A shorter lock only delays the request.
      setTimeout(() => other.exec("commit"), 1_000);
      expect((await reader.refresh()).status).toBe(200);
    } finally {
      other.close();
      await server.stop();
      folder.remove();
    }
  });
});
