/**
 * Takes a file of JSON objects apart while it is read, so that its size does not matter: an array of
 * them, or one after another (JSON Lines). Whoever hands it to us may have written it on any system.
 */

/** The file is not what it should be. The message is a sentence for the operator. */
export class DumpError extends Error {
  override name = "DumpError";
}

type Bytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
type Texts = AsyncIterable<string> | Iterable<string>;

const notDumpdata = "This is not what manage.py dumpdata writes.";

/** Characters. A record of a user has a few hundred. */
const maxObjectLength = 16 * 1024 * 1024;

/**
 * Decodes UTF-8 with or without a byte order mark, and UTF-16 with one, as PowerShell's `>` writes.
 * @throws {DumpError} for any other encoding: its letters would come in as others
 */
export async function* decode(bytes: Bytes): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let head: Uint8Array = new Uint8Array();
  try {
    for await (const chunk of bytes) {
      if (decoder) {
        yield decoder.decode(chunk, { stream: true });
        continue;
      }
      head = Buffer.concat([head, chunk]);
      if (head.length < 2) continue;
      decoder = new TextDecoder(encodingOf(head), { fatal: true });
      yield decoder.decode(head, { stream: true });
    }
    yield (decoder ?? new TextDecoder("utf-8", { fatal: true })).decode(decoder ? undefined : head);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ERR_ENCODING_INVALID_ENCODED_DATA") throw error;
    throw new DumpError(
      `The file is not valid ${decoder?.encoding.toUpperCase() ?? "UTF-8"}, so letters would be lost. ` +
        "Write it again with python -X utf8 manage.py dumpdata --output dump.json, without > .",
    );
  }
}

function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return "utf-16le";
  if (first === 0xfe && second === 0xff) return "utf-16be";
  return "utf-8";
}

/**
 * Yields the objects, some at a time.
 * @throws {DumpError} when there is anything else, or when the end is missing
 */
export async function* readObjects(texts: Texts): AsyncGenerator<unknown[]> {
  const splitter = new ObjectSplitter();
  for await (const text of texts) {
    const found = splitter.push(text);
    if (found.length > 0) yield found.map(parse);
  }
  splitter.end();
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    throw new DumpError(notDumpdata);
  }
}

/** Finds where each object ends, by its braces. JSON.parse then judges what is inside. */
class ObjectSplitter {
  /** The beginning of an object whose end has not been seen. */
  #begun = "";
  #depth = 0;
  #inString = false;
  /** Whether the last text ended with a backslash, in a string. */
  #escaped = false;
  /** Whether the objects are in an array. */
  #array: "unknown" | "no" | "open" | "closed" = "unknown";

  /** Returns the objects that end in `text`. */
  push(text: string): string[] {
    const objects: string[] = [];
    let from = 0;
    let at = this.#escaped && text !== "" ? 1 : 0;
    if (text !== "") this.#escaped = false;
    while (at < text.length) {
      if (this.#depth === 0) {
        from = this.#skipToObject(text, at);
        at = from + 1;
        if (from < text.length) this.#depth = 1;
        continue;
      }
      // In a string, only its end matters and what keeps a quotation mark from being it.
      const pattern = this.#inString ? /["\\]/g : /["{}]/g;
      pattern.lastIndex = at;
      const found = pattern.exec(text);
      if (!found) break;
      at = found.index + 1;
      if (found[0] === "\\") {
        this.#escaped = at === text.length;
        at += 1;
      } else if (found[0] === '"') this.#inString = !this.#inString;
      else this.#depth += found[0] === "{" ? 1 : -1;
      if (this.#depth > 0) continue;
      objects.push(this.#begun + text.slice(from, at));
      this.#begun = "";
    }
    if (this.#depth > 0) this.#begun += text.slice(from);
    if (this.#begun.length > maxObjectLength) throw new DumpError(notDumpdata);
    return objects;
  }

  /** Says that nothing follows. */
  end(): void {
    if (this.#depth > 0 || this.#array === "open") {
      throw new DumpError(`${notDumpdata} Its end is missing.`);
    }
  }

  /** Returns where the next object begins, or the length of `text`. */
  #skipToObject(text: string, start: number): number {
    for (let at = start; at < text.length; at += 1) {
      const char = text[at] ?? "";
      if (/[\s,]/.test(char)) continue;
      if (char === "{" && this.#array !== "closed") {
        if (this.#array === "unknown") this.#array = "no";
        return at;
      }
      if (char === "[" && this.#array === "unknown") this.#array = "open";
      else if (char === "]" && this.#array === "open") this.#array = "closed";
      else throw new DumpError(notDumpdata);
    }
    return text.length;
  }
}
