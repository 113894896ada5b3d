/** Connections that would carry passwords over a network in the clear. */
import { type Config, type Environment, isLoopback } from "./index.ts";

/** Any of them says how a Postgres connection is protected, or that it need not be. */
const postgresTls = ["sslmode", "ssl", "sslnegotiation", "sslcert", "sslkey", "sslrootcert"];

/**
 * Whether a Postgres URL leads to another host without a word about TLS: the driver then encrypts
 * nothing.
 */
export function isPlainPostgres(databaseUrl: string, { PGHOST, PGSSLMODE }: Environment): boolean {
  if (!/^postgres(ql)?:/.test(databaseUrl)) return false;
  const { hostname, searchParams } = new URL(databaseUrl);
  if (PGSSLMODE || postgresTls.some((name) => searchParams.get(name))) return false;
  const host = searchParams.get("host") || decodeURIComponent(hostname) || PGHOST || "localhost";
  const isSocket = host.startsWith("/");
  return !isSocket && !isLoopback(`postgres://${host}`);
}

/** Whether a libSQL URL switches TLS off for another host. */
export function isPlainLibsql(databaseUrl: string): boolean {
  if (!databaseUrl.startsWith("libsql:")) return false;
  return new URL(databaseUrl).searchParams.get("tls") === "0" && !isLoopback(databaseUrl);
}

/** The first origin that may call us and whose pages anyone on the network can rewrite. */
export function findPlainOrigin({ allowedOrigins }: Config): string | undefined {
  return allowedOrigins.find((origin) => origin.startsWith("http:") && !isLoopback(origin));
}
