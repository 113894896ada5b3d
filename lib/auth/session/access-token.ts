/** Access tokens: JWTs as in RFC 9068, verified as in RFC 8725. */
import { errors, type JWTPayload, jwtVerify } from "jose";
import { z } from "zod";
import { signCompact } from "#lib/crypto/jws.ts";
import { randomId } from "#lib/crypto/random.ts";
import { accessTokenType, clientId } from "#lib/protocol.ts";
import type { SigningKeyCache } from "./signing-key-cache.ts";
import { algorithm, type VerifiedClaims } from "./signing-keys.ts";

/** Seconds by which another machine's clock may be ahead of ours. */
const clockTolerance = 30;

/** Our tokens have about 500 characters; nothing longer than this is parsed. */
const maxLength = 4096;

/** Three base64url parts and nothing else, so that no other serialisation reaches the parser. */
const compactJws = /^[\w-]+\.[\w-]+\.[\w-]+$/;

const claimsSchema = z.object({
  sub: z.string().min(1),
  sid: z.string().min(1),
  client_id: z.literal(clientId),
  jti: z.string().min(1),
  iat: z.int(),
  exp: z.int(),
});

/** The user and the session that a token is for. Times are Unix milliseconds. */
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
  /** The origin of the API, which issues the token and is its audience. */
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

/** Signs an access token that lives for `lifetime` seconds, but not longer than its session. */
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
 * Verifies everything that the token itself can show. The database decides whether its session is
 * still alive, and is asked by `sid`, because one JWT has several encodings that all verify.
 */
export async function verifyAccessToken(
  token: string,
  { keys, issuer, now }: AccessTokenOptions,
): Promise<Verification> {
  if (token.length > maxLength || !compactJws.test(token)) return { kind: "invalid" };
  const { verified } = await keys.get(now);
  const known = verified.get(`${issuer} ${token}`);
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
): Promise<VerifiedClaims | "expired" | "invalid"> {
  let payload: JWTPayload;
  try {
    const checked = await jwtVerify(
      token,
      async ({ kid }) => {
        // `kid` only looks up a key of ours; `jwk`, `jku` and `x5u` are never read.
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
  const { verified } = await keys.get(now);
  verified.set(`${issuer} ${token}`, claims.data);
  return claims.data;
}
