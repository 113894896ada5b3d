/** Busy, locked, full, unreadable: https://sqlite.org/rescode.html */
const unavailable = /^SQLITE_(BUSY|LOCKED|FULL|IOERR|CANTOPEN|READONLY|NOMEM)/;

export function isUnavailable(error: unknown): boolean {
  return unavailable.test(codeOf(error));
}

/** Whether another process holds the lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** What SQLite says while it opens the -shm file of a write-ahead log (https://sqlite.org/wal.html). */
export function hasNoSharedMemory(error: unknown): boolean {
  return /^SQLITE_(IOERR_SHM|IOERR_LOCK|PROTOCOL)/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}
