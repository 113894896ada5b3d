/** Which networks an attempt counts against. */

interface Network {
  name: string;
  /** How many times a limit it has. */
  factor: number;
}

const ipv6 = /^([\da-f]{1,4}:[\da-f]{1,4}:[\da-f]{1,4}):([\da-f]{1,4})::\/64$/;

/**
 * Returns `network` (lib/http/address.ts) and what surrounds it, the narrowest first. One IPv6 customer
 * may hold a /56 or a /48, for nothing at some providers, and a /48 has 65,536 networks of /64; so
 * these count as well, with limits that grow, because several people may share one (red team 20).
 */
export function surroundingNetworks(network: string): Network[] {
  const own = { name: network, factor: 1 };
  const [, head, last = ""] = ipv6.exec(network) ?? [];
  if (head === undefined) return [own];
  const upperByte = (Number.parseInt(last, 16) & 0xff00).toString(16);
  return [
    own,
    { name: `${head}:${upperByte}::/56`, factor: 4 },
    { name: `${head}::/48`, factor: 16 },
  ];
}

/** The widest of them: what takes one turn in a queue. */
export function widestNetwork(network: string): string {
  return surroundingNetworks(network).at(-1)?.name ?? network;
}
