/**
 * The refresh token: what the sealed cookie holds, and how it is opened. Runs at the edge as well;
 * seal-refresh-token.ts seals it, in Node.
 */
import type { Keyring } from "#lib/crypto/keyring.ts";
import { unseal } from "#lib/crypto/unseal.ts";

export interface RefreshToken {
  /** The session that it belongs to. */
  session: string;
  /** How many tokens of this session were in use before it. */
  generation: number;
  id: string;
  /** The id of the token that it was issued for; null for a session's first token. */
  parent: string | null;
  /** Unix milliseconds. */
  issued_at: number;
  /** Unix milliseconds: when the session ends, unless the client uses it again before. */
  expires_at: number;
  /** Present when it travels in JSON. A token that is presented in the other way is refused. */
  delivery?: "body" | undefined;
}

/** In a cookie, which no script can read, or in JSON, for clients that are not browsers. */
export type Delivery = "cookie" | "body";

/** What a request presents as its refresh token. */
export type PresentedToken =
  | { kind: "missing" }
  | { kind: "invalid" }
  | { kind: "token"; token: RefreshToken };

/** What one name of a Cookie header holds, before any database is asked. */
export type OpenedToken =
  | PresentedToken
  /** Tokens of different sessions, one of each: presented-token.ts decides. */
  | { kind: "ambiguous"; tokens: RefreshToken[] };

/** A sealed token has about 400 characters; nothing longer than this is opened. */
const maxLength = 4096;

/**
 * Opens the refresh token among `values`, usually the values of the request's refresh cookies. There
 * are several when a cookie with other attributes (a Domain, a partition) was left behind, when
 * another program on the host uses the name, or when an attacker planted one from a subdomain. What
 * does not open is ignored; of one session the newest token counts.
 */
export async function openRefreshToken(
  values: readonly string[],
  keyring: Keyring,
  delivery: Delivery = "cookie",
): Promise<OpenedToken> {
  const given = values.filter((value) => value !== "");
  if (given.length === 0) return { kind: "missing" };
  const newest = new Map<string, RefreshToken>();
  for (const sealed of given) {
    if (sealed.length > maxLength) continue;
    const token = await unseal(sealed, checkRefreshToken, "refresh token", keyring);
    if (!token || (token.delivery ?? "cookie") !== delivery) continue;
    const other = newest.get(token.session);
    if (!other || token.generation >= other.generation) newest.set(token.session, token);
  }
  const [token, ...others] = newest.values();
  if (!token) return { kind: "invalid" };
  return others.length === 0
    ? { kind: "token", token }
    : { kind: "ambiguous", tokens: [token, ...others] };
}

/**
 * Returns `value` if it has the shape of a refresh token and nothing else. Written by hand, because
 * zod alone would make up most of the middleware's bundle.
 */
export function checkRefreshToken(value: unknown): RefreshToken | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { session, generation, id, parent, issued_at, expires_at, delivery, ...unknown } =
    value as Record<string, unknown>;
  const fits =
    isId(session) &&
    isInteger(generation) &&
    generation >= 0 &&
    isId(id) &&
    (parent === null || isId(parent)) &&
    isInteger(issued_at) &&
    isInteger(expires_at) &&
    (delivery === undefined || delivery === "body") &&
    Object.keys(unknown).length === 0;
  if (!fits) return undefined;
  const token = { session, generation, id, parent, issued_at, expires_at };
  return delivery ? { ...token, delivery } : token;
}

function isId(value: unknown): value is string {
  return typeof value === "string" && value.length >= 1 && value.length <= 64;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
