/** Where `npm run dev` serves, and what it says about that. */
import { once } from "node:events";
import { createServer } from "node:net";
import { networkInterfaces } from "node:os";
import { isAbsolute, relative } from "node:path";

/** How many ports are tried. */
const attempts = 100;

/**
 * Takes -H and -p out of the arguments for `next dev`.
 * @returns {{ host: string, port: number, rest: string[] }}
 */
export function readAddress(args, env) {
  const rest = [...args];
  const take = (...names) => {
    const index = rest.findIndex((arg) => names.includes(arg.split("=")[0]));
    if (index === -1) return undefined;
    const [name, value] = rest[index].split("=");
    const [, next] = rest.splice(index, value === undefined ? 2 : 1);
    return value ?? next ?? name;
  };
  // On this machine only, unless asked: a development server is not for the network.
  const host = take("-H", "--hostname") ?? "localhost";
  const port = Number(take("-p", "--port") ?? env.PORT ?? 3000);
  return { host, port, rest };
}

/** Returns `port`, or the next one that is free on `host`. */
export async function findFreePort(host, port) {
  for (let candidate = port; candidate < port + attempts; candidate += 1) {
    if (await isFree(host, candidate)) return candidate;
  }
  return port;
}

async function isFree(host, port) {
  const server = createServer();
  try {
    server.listen(port, host === "localhost" ? "127.0.0.1" : host);
    await once(server, "listening");
  } catch (error) {
    // Whatever else is wrong with the address, Next says.
    return error.code !== "EADDRINUSE";
  }
  server.close();
  await once(server, "close");
  return true;
}

/**
 * Returns the hosts at which other devices reach a server that listens on `host`.
 * @param {string} host
 * @param {Record<string, { family: string, internal: boolean, address: string }[] | undefined>} interfaces
 */
export function networkHosts(host, interfaces = networkInterfaces()) {
  if (["localhost", "127.0.0.1", "::1"].includes(host)) return [];
  if (host !== "0.0.0.0" && host !== "::") return [host];
  return Object.values(interfaces)
    .flat()
    .filter(({ family, internal }) => family === "IPv4" && !internal)
    .map(({ address }) => address);
}

/** Returns what a developer wants to know first, a line each. No line has a secret in it. */
export function introduction(env, { port, hosts, root }) {
  const here = `http://localhost:${port}`;
  const away = hosts.map((host) => `http://${host}:${port}`);
  return [
    ["Mail", env.SMTP_URL ? `sent by ${placeOf(env.SMTP_URL)}` : `kept at ${here}/dev/mail`],
    ["Database", placeOf(env.DATABASE_URL || "file:.data/auth.db", root)],
    ["Inspector", `${here}/ping`],
    ...(away.length > 0 ? [["Network", away.join(", ")]] : []),
    ["Expected", "Next's note that middleware.ts is deprecated; the file says why it stays"],
  ].map(([name, text]) => `  ${name.padEnd(11)}${text}`);
}

/** A file's path, or a server's host: the rest of a URL may be secret. */
function placeOf(url, root) {
  if (url.startsWith("file:")) {
    const path = url.slice("file:".length);
    return isAbsolute(path) && root ? relative(root, path) || path : path;
  }
  return URL.canParse(url) ? `${new URL(url).protocol}//${new URL(url).hostname}` : "see below";
}
