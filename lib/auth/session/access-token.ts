/** Access tokens: JWTs by RFC 9068, checked by RFC 8725. */
import { errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { signCompact } from "#lib/crypto/jws.ts";
import { randomId } from "#lib/crypto/random.ts";
import { LruCache } from "#lib/lru-cache.ts";
import { accessTokenType, clientId } from "#lib/protocol.ts";
import type { SigningKeyCache } from "./signing-key-cache.ts";
import { algorithm, type SigningKeys } from "./signing-keys.ts";

/** How far another machine's clock may be ahead of ours, in seconds. */
const clockTolerance = 30;

/** Ours have about 500 characters; nothing larger is parsed. */
const maxLength = 4096;

/** Three base64url parts, nothing else: other serialisations never reach the parser. */
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  client_id: z.literal(clientId),
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
});

type Claims = z.output<typeof claimsSchema>;

/** Tokens that a process remembers: a few megabytes. */
const remembered = 10_000;

/**
 * The claims of tokens whose signatures were good, because a token is presented many times. By the
 * keys that were read together: these are read anew every minute, so no claim outlives its key.
 */
const verified = new WeakMap<SigningKeys, LruCache<string, Claims>>();

/** Who and what a token is for. Times are Unix milliseconds. */
export interface Subject {
  userId: string;
  sessionId: string;
  role: string;
  authenticatedAt: number;
  /** RFC 8176 values, for example `["pwd"]`. */
  amr: string[];
  /** No token outlives its session. */
  sessionExpiresAt: number;
}

interface AccessTokenOptions {
  keys: SigningKeyCache;
  /** The origin that issues the token and, being the API, the one it is meant for. */
  issuer: string;
  /** Unix milliseconds. */
  now: number;
}

export interface AccessToken {
  token: string;
  /** Seconds from now. */
  expiresIn: number;
  /** Unix seconds. */
  expiresAt: number;
}

/** Signs an access token that lives for `lifetime` seconds, or until its session ends. */
export async function issueAccessToken(
  subject: Subject,
  lifetime: number,
  { keys, issuer, now }: AccessTokenOptions,
): Promise<AccessToken> {
  const { signing } = await keys.get(now);
  const issuedAt = Math.floor(now / 1000);
  const expiresAt = Math.min(issuedAt + lifetime, Math.floor(subject.sessionExpiresAt / 1000));
  const header = { alg: algorithm, typ: accessTokenType, kid: signing.kid };
  const claims = {
    iss: issuer,
    aud: issuer,
    sub: subject.userId,
    client_id: clientId,
    sid: subject.sessionId,
    jti: randomId(),
    iat: issuedAt,
    exp: expiresAt,
    auth_time: Math.floor(subject.authenticatedAt / 1000),
    amr: subject.amr,
    role: subject.role,
  };
  const token = signCompact(header, claims, signing.privateKey);
  return { token, expiresIn: Math.max(0, expiresAt - issuedAt), expiresAt };
}

export type Verification =
  | { kind: "valid"; userId: string; sessionId: string }
  | { kind: "expired" }
  | { kind: "invalid" };

/**
 * Verifies everything that a token says of itself. Whether its session still lives is for the
 * database to say; it is asked by `sid`, because one JWT has several spellings that all verify.
 */
export async function verifyAccessToken(
  token: string,
  { keys, issuer, now }: AccessTokenOptions,
): Promise<Verification> {
  if (token.length > maxLength || !compactJws.test(token)) return { kind: "invalid" };
  const known = verified.get(await keys.get(now))?.get(`${issuer} ${token}`);
  const claims = known ?? (await verifyClaims(token, { keys, issuer, now }));
  if (claims === "expired" || claims === "invalid") return { kind: claims };
  const second = Math.floor(now / 1000);
  if (claims.exp <= second) return { kind: "expired" };
  if (claims.iat > second + clockTolerance) return { kind: "invalid" };
  return { kind: "valid", userId: claims.sub, sessionId: claims.sid };
}

async function verifyClaims(
  token: string,
  { keys, issuer, now }: AccessTokenOptions,
): Promise<Claims | "expired" | "invalid"> {
  let payload: JWTPayload;
  try {
    const checked = await jwtVerify(
      token,
      async ({ kid }) => {
        // `kid` looks up a key of ours and does nothing else; `jwk`, `jku` and `x5u` are not read.
        const key = kid && (await keys.getWith(kid, now)).verifying.get(kid);
        if (!key) throw new errors.JWKSNoMatchingKey();
        return key;
      },
      {
        algorithms: [algorithm],
        typ: accessTokenType,
        issuer,
        audience: issuer,
        requiredClaims: ["sub", "sid", "client_id", "jti", "iat", "exp"],
        currentDate: new Date(now),
      },
    );
    payload = checked.payload;
  } catch (error) {
    if (error instanceof errors.JWTExpired) return "expired";
    if (error instanceof errors.JOSEError) return "invalid";
    throw error;
  }
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) return "invalid";
  const current = await keys.get(now);
  const recent = verified.get(current) ?? new LruCache<string, Claims>(remembered);
  verified.set(current, recent);
  recent.set(`${issuer} ${token}`, claims.data);
  return claims.data;
}
