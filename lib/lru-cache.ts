/**
 * Keeps the `size` results that were used last: for what is expensive to compute and comes out the
 * same each time. Never for anything that can be revoked.
 */
export class LruCache<Key, Value> {
  readonly #size: number;
  /** A Map keeps insertion order, and each use inserts an entry again, so the oldest comes first. */
  readonly #entries = new Map<Key, Value>();

  constructor(size: number) {
    this.#size = size;
  }

  get(key: Key): Value | undefined {
    const value = this.#entries.get(key);
    if (value !== undefined) {
      this.#entries.delete(key);
      this.#entries.set(key, value);
    }
    return value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#size) return;
    for (const oldest of this.#entries.keys()) {
      this.#entries.delete(oldest);
      return;
    }
  }
}
