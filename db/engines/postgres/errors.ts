/** No connection came about. Whatever the reason, a wrong password or a full pooler, it may pass. */
export class NotConnected extends Error {
  override name = "NotConnected";
}

/**
 * Connection exceptions, no resources, shutting down, read-only after a failover, lost against a
 * concurrent statement: https://www.postgresql.org/docs/current/errcodes-appendix.html
 */
const unavailable = /^(08...|53...|57P0.|57014|25006|40001|40P01)$/;

/** Node's: https://nodejs.org/api/errors.html#common-system-errors */
const unreachable = /^(ECONN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)/;

/** pg's own, which have no code. */
const lost =
  /^(Query read timeout|Connection terminated|timeout exceeded when trying to connect|Client has encountered)/;

export function isUnavailable(error: unknown): boolean {
  return (
    // By name, because each of Next's bundles has a class of its own.
    (error instanceof Error && error.name === "NotConnected") ||
    unavailable.test(codeOf(error)) ||
    isConnectionLost(error)
  );
}

export function isConnectionLost(error: unknown): boolean {
  return unreachable.test(codeOf(error)) || (error instanceof Error && lost.test(error.message));
}

/** Whether a statement or transaction lost against a concurrent one and may run again. */
export function isConflict(error: unknown): boolean {
  return codeOf(error) === "40001";
}

/**
 * Whether a connection may come about after a while. It will not when the server has answered and
 * refuses the user or the database, or when it cannot show who it is.
 */
export function isAsleep(error: unknown): boolean {
  if (!(error instanceof Error) || !isUnavailable(error)) return false;
  const reason = error.cause ?? error;
  const refused = /^(28...|3D000)$|CERT|SIGNATURE|SSL|TLS/;
  return !refused.test(codeOf(reason)) && !/SSL/.test(error.message);
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
