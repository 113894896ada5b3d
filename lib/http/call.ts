/** One request's context: what every handler is given beside the request. */
import type { AuthContext } from "#lib/auth/context.ts";
import { services } from "#lib/services.ts";
import { addressBucket, callerAddress, callerPlace } from "./address.ts";
import { openForwardedAddress } from "./forwarded-address.ts";

export interface Call extends AuthContext {
  /** For the log line: filled in as soon as the request's owner is known. */
  subject: { userId?: string; sessionId?: string };
  /** The values of the path's parameters. */
  params: Record<string, string>;
}

/** Longer User-Agent headers are cut: they are stored with sessions and audit events. */
const maxUserAgent = 512;

/** @throws {ConfigError} */
export async function createCall(
  { headers }: Request,
  params: Record<string, string | string[] | undefined>,
): Promise<Call> {
  const { config, keyring, db, keys } = services();
  const now = Date.now();
  const forwarded = await openForwardedAddress(headers, { keyring, now });
  const ip = forwarded ?? callerAddress(headers, config);
  return {
    config,
    keyring,
    db,
    keys,
    now,
    caller: {
      ip,
      network: addressBucket(ip),
      userAgent: (headers.get("user-agent") ?? "").slice(0, maxUserAgent),
      place: callerPlace(headers, config),
    },
    outbox: { filled: false },
    subject: {},
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, `${value}`])),
  };
}
