/** libSQL's own codes. SQLite's (SQLITE_BUSY and the like) arrive by the same names as embedded. */
const unavailable = /^(SERVER_ERROR|HRANA_|STREAM_EXPIRED|TRANSACTION_)/;

export function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if ("code" in error && unavailable.test(String(error.code))) return true;
  // What `fetch` rejects with when no answer arrives, none in time, or only half of one.
  return error.name === "TimeoutError" || /^(fetch failed|terminated)$/.test(error.message);
}

/** Unless the server has answered and refuses us: no waiting makes a wrong token right. */
export function isAsleep(error: unknown): boolean {
  return isUnavailable(error) && !/HTTP status 4/.test((error as Error).message);
}
