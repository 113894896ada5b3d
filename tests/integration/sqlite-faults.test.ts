import { execFileSync } from "node:child_process";
import { rmSync, statfsSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { engine } from "../support/databases.ts";
import { secret, startServer, temporaryFolder } from "../support/server.ts";
import { Browser, password, problem } from "./browser.ts";

/** A disk of its own, two megabytes large, takes root on Linux. */
const canMount = process.platform === "linux" && process.getuid?.() === 0;

describe.runIf(engine === "sqlite")("SQLite", () => {
  test.skipIf(!canMount)("on a full disk refuses to write, and loses nothing", async () => {
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

      // The write-ahead log has some room left over from earlier; then there is none.
      let response = await browser.refresh();
      for (let i = 0; i < 50 && response.status === 200; i += 1) response = await browser.refresh();
      expect(await problem(response)).toEqual([503, "unavailable"]);
      const body = { username: "ada", email: "ada@example.com", password };
      const signup = await new Browser(server.url).post("/api/auth/signup", { body });
      expect(await problem(signup)).toEqual([503, "unavailable"]);
      // What only reads goes on.
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
});
