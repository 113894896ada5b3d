import { globalPrefix } from "#lib/protocol.ts";

/**
 * Returns the value that this process keeps under `name`, and creates it on first use.
 *
 * It is kept on `globalThis`, because Next bundles pages, route handlers and instrumentation apart,
 * each with a copy of every module, and reloads them during development. A variable of a module
 * would exist several times, and two connections of one process to one SQLite file could deadlock.
 */
export function processWide<T>(name: string, create: () => T): T {
  const values = globalThis as { [key: symbol]: T | undefined };
  const key = Symbol.for(globalPrefix + name);
  values[key] ??= create();
  return values[key];
}
