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

/** A sealed token has about 400 characters; nothing longer than this is opened. */
const maxLength = 4096;

/**
 * Opens the refresh token among `values`, usually the values of the request's refresh cookies. Two
 * cookies with one name are invalid, because the server cannot know which one is the browser's own
 * and which one an attacker planted from a subdomain.
 */
export async function openRefreshToken(
  values: readonly string[],
  keyring: Keyring,
  delivery: Delivery = "cookie",
): Promise<PresentedToken> {
  const [sealed] = values;
  if (!sealed) return { kind: "missing" };
  if (values.length > 1 || sealed.length > maxLength) return { kind: "invalid" };
  const token = await unseal(sealed, checkRefreshToken, "refresh token", keyring);
  const fits = token && (token.delivery ?? "cookie") === delivery;
  return fits ? { kind: "token", token } : { kind: "invalid" };
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
