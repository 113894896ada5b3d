/**
 * The results used last, up to `size` of them: for what is costly to work out and the same each
 * time. Nothing that can be revoked may be kept in one.
 */
export class LruCache<Key, Value> {
  readonly #size: number;
  /** A Map keeps the order of insertion; what is used is inserted anew, so the oldest is first. */
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
