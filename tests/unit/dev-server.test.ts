/** What `npm run dev` makes of its arguments, and what it says. */
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import {
  findFreePort,
  introduction,
  networkHosts,
  readAddress,
} from "../../scripts/lib/dev-server.mjs";

test.each([
  [[], {}, { host: "localhost", port: 3000, rest: [] }],
  [["-p", "4000"], { PORT: "5000" }, { host: "localhost", port: 4000, rest: [] }],
  [[], { PORT: "5000" }, { host: "localhost", port: 5000, rest: [] }],
  [["--port=4000", "--webpack"], {}, { host: "localhost", port: 4000, rest: ["--webpack"] }],
  [["-H", "0.0.0.0"], {}, { host: "0.0.0.0", port: 3000, rest: [] }],
  [["--hostname", "0.0.0.0", "-p", "1"], {}, { host: "0.0.0.0", port: 1, rest: [] }],
] as [string[], Record<string, string>, object][])("%j with %j", (args, env, address) => {
  expect(readAddress(args, env)).toEqual(address);
});

test("a taken port leads to the next free one", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  expect(await findFreePort("localhost", port)).toBeGreaterThan(port);
  server.close();
  await once(server, "close");
  expect(await findFreePort("localhost", port)).toBe(port);
});

test("only a server that listens beyond this machine has network addresses", () => {
  const interfaces = {
    lo: [{ family: "IPv4", internal: true, address: "127.0.0.1" }],
    wifi: [
      { family: "IPv6", internal: false, address: "fe80::1" },
      { family: "IPv4", internal: false, address: "192.168.1.5" },
    ],
  };
  expect(networkHosts("localhost", interfaces)).toEqual([]);
  expect(networkHosts("127.0.0.1", interfaces)).toEqual([]);
  expect(networkHosts("192.168.1.5", interfaces)).toEqual(["192.168.1.5"]);
  expect(networkHosts("0.0.0.0", interfaces)).toEqual(["192.168.1.5"]);
});

describe("the introduction", () => {
  const place = { port: 3000, hosts: [], root: "/home/ada/latchkey" };

  test("says where mail goes, which database it is, and where the inspector is", () => {
    const text = introduction({}, place).join("\n");
    expect(text).toContain("http://localhost:3000/dev/mail");
    expect(text).toContain(".data/auth.db");
    expect(text).toContain("http://localhost:3000/ping");
  });

  test("shows no secret of a URL, however it is written", () => {
    const urls = [
      "smtp://me:s3cret@mail.example.com:587",
      "smtp://me@example.com:s3cret#1@mail.example.com",
      "postgres://u:s3cret@db.example.com/app?password=s3cret",
      "jdbc:postgresql://h/db?user=u&password=s3cret",
      "postgres://u:s3#cret@db.example.com/app",
      "libsql://db.turso.io?authToken=s3cret",
      "s3cret",
    ];
    for (const url of urls) {
      const text = introduction({ SMTP_URL: url, DATABASE_URL: url }, place).join("\n");
      expect(text, url).not.toMatch(/s3|cret/);
    }
  });
});
