/** The caller's address, as far as it can be trusted. */
import { BlockList, isIPv6 } from "node:net";
import type { Config } from "#lib/config/index.ts";
import { peerAddressHeader } from "#lib/protocol.ts";

/**
 * Walks from the connection's peer back through X-Forwarded-For, as long as the address that
 * vouches for the next one is a trusted proxy. Without TRUSTED_PROXIES it is the peer itself.
 * On Vercel the edge sets the platform's header, and callers cannot.
 */
export function callerAddress(headers: Headers, { trustedProxies, vercel }: Config): string {
  if (vercel) return headers.get("x-vercel-forwarded-for")?.split(",")[0]?.trim() || "unknown";
  const peer = plain(headers.get(peerAddressHeader) ?? "");
  if (trustedProxies.length === 0) return peer || "unknown";
  const trusted = listOf(trustedProxies);
  const chain = (headers.get("x-forwarded-for") ?? "").split(",").map((item) => plain(item.trim()));
  let address = peer;
  while (isListed(trusted, address)) {
    const previous = chain.pop();
    if (!previous) break;
    address = previous;
  }
  return address || "unknown";
}

/** Whether `peer`, the other end of a connection, is a proxy whose forwarding headers are believed. */
export function isTrustedProxy(peer: string, { trustedProxies, vercel }: Config): boolean {
  return vercel || isListed(listOf(trustedProxies), plain(peer));
}

/** Where the caller is, as far as the platform tells: "Lyon, FR", or empty. */
export function callerPlace(headers: Headers, { vercel }: Config): string {
  if (!vercel) return "";
  const city = decode(headers.get("x-vercel-ip-city") ?? "");
  return [city, headers.get("x-vercel-ip-country")].filter(Boolean).join(", ").slice(0, 100);
}

/** Vercel percent-encodes the names of cities. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What attempts from an address count by: itself, or the /64 that belongs to one IPv6 customer. */
export function addressBucket(address: string): string {
  if (!isIPv6(address)) return address;
  // The URL parser writes an IPv6 address in its one canonical form (RFC 5952).
  const { hostname } = new URL(`http://[${address.split("%")[0]}]`);
  const [head = "", tail = ""] = hostname.slice(1, -1).split("::");
  const left = head.split(":").filter(Boolean);
  const right = tail.split(":").filter(Boolean);
  const zeros = Array(Math.max(0, 8 - left.length - right.length)).fill("0");
  return `${[...left, ...zeros, ...right].slice(0, 4).join(":")}::/64`;
}

/**
 * Strips what surrounds an address: a dual-stack socket writes `::ffff:192.0.2.1`, and some proxies
 * forward a port as well: `192.0.2.1:4711`, `[2001:db8::1]:4711`.
 */
function plain(address: string): string {
  return address
    .replace(/^\[([^\]]*)\](:\d+)?$/, "$1")
    .replace(/^(\d+\.\d+\.\d+\.\d+):\d+$/, "$1")
    .replace(/^::ffff:(?=\d+\.)/i, "");
}

function isListed(list: BlockList, address: string): boolean {
  return address !== "" && list.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}

const lists = new WeakMap<string[], BlockList>();

/** Built once for a configuration, because every request asks it. */
function listOf(networks: string[]): BlockList {
  const list = lists.get(networks) ?? blockList(networks);
  lists.set(networks, list);
  return list;
}

function blockList(networks: string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = "", prefix] = network.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
