/** The refresh token: what the sealed cookie says. Runs at the edge too. */
import { z } from "zod";
import type { Keyring } from "#lib/crypto/keyring.ts";
import { unseal } from "#lib/crypto/unseal.ts";

const id = z.string().min(1).max(64);

const refreshTokenSchema = z.strictObject({
  /** The session it belongs to. */
  session: id,
  /** How many tokens of this session came before it in use. */
  generation: z.int().nonnegative(),
  id,
  /** The id of the token that it was issued for; null for the first of a session. */
  parent: id.nullable(),
  /** Unix milliseconds. */
  issued_at: z.int(),
  /** Unix milliseconds: when the session ends if nothing uses it again. */
  expires_at: z.int(),
  /** How it travels; absent for a cookie. Presented in the other way it is refused. */
  delivery: z.literal("body").optional(),
});

/** In a cookie, which no script can read, or in JSON, for clients that are not browsers. */
export type Delivery = "cookie" | "body";

export type RefreshToken = z.output<typeof refreshTokenSchema>;

/** What a request presented in place of a refresh token. */
export type PresentedToken =
  | { kind: "missing" }
  | { kind: "invalid" }
  | { kind: "token"; token: RefreshToken };

/**
 * Opens what a request presents, mostly the values of its refresh cookies. With two cookies of one
 * name the server cannot know which is the browser's own and which a subdomain planted, so it
 * takes none.
 */
export async function openRefreshToken(
  values: readonly string[],
  keyring: Keyring,
  delivery: Delivery = "cookie",
): Promise<PresentedToken> {
  const [sealed] = values;
  if (!sealed) return { kind: "missing" };
  if (values.length > 1 || sealed.length > 4096) return { kind: "invalid" };
  const token = await unseal(
    sealed,
    (value) => refreshTokenSchema.safeParse(value).data,
    "refresh token",
    keyring,
  );
  const fits = token && (token.delivery ?? "cookie") === delivery;
  return fits ? { kind: "token", token } : { kind: "invalid" };
}
