/** Request bodies: limited while they are read, decoded strictly, validated by a schema. */
import type { z } from "zod";
import { Problem } from "./problems.ts";

/** Bytes. */
const maxSize = 16 * 1024;
/** Our own inputs are one level deep. */
const maxDepth = 8;

const formType = "application/x-www-form-urlencoded";

export function isForm(request: Request): boolean {
  return mediaType(request) === formType;
}

/** Whether there is a JSON body. Many clients send the content type without a body. */
export function hasJson(request: Request): boolean {
  return mediaType(request) === "application/json" && request.headers.get("content-length") !== "0";
}

/**
 * Reads a JSON body and validates it.
 * @throws {Problem} unsupported_media_type, body_too_large, malformed_request, validation_failed
 */
export async function readBody<Schema extends z.ZodType>(
  request: Request,
  schema: Schema,
): Promise<z.output<Schema>> {
  return validate(await readJson(request), schema);
}

/** Reads a JSON body. @throws {Problem} as `readBody`, except validation_failed */
export async function readJson(request: Request): Promise<unknown> {
  const type = mediaType(request);
  if (type !== "application/json") {
    throw new Problem("unsupported_media_type", "Send the body as application/json.");
  }
  return parseJson(await readText(request));
}

/** Reads a form. Of a field that comes twice, the last value counts. */
export async function readForm(request: Request): Promise<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(await readText(request)));
}

/** @throws {Problem} validation_failed, naming each field */
export function validate<Schema extends z.ZodType>(
  value: unknown,
  schema: Schema,
): z.output<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.map(({ path, message, code }) => ({
    path: path.join("."),
    message: code === "invalid_type" ? "This is missing, or not of the right type." : message,
  }));
  throw new Problem("validation_failed", "Some values are not right; see the fields.", { errors });
}

function mediaType(request: Request): string {
  const [type = ""] = (request.headers.get("content-type") ?? "").split(";");
  return type.trim().toLowerCase();
}

async function readText(request: Request): Promise<string> {
  const bytes = await readBytes(request);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Problem("malformed_request", "The body is not valid UTF-8.");
  }
}

/**
 * Reads a body as it is. Stops at the limit, so that a false Content-Length fills no memory.
 * @throws {Problem} body_too_large, malformed_request
 */
export async function readBytes(request: Request): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = new Problem("body_too_large", `Send at most ${maxSize / 1024} KiB.`);
  if (Number(request.headers.get("content-length") ?? 0) > maxSize) throw tooLarge;
  const bytes = new Uint8Array(maxSize);
  let size = 0;
  try {
    for await (const chunk of request.body ?? []) {
      if (size + chunk.byteLength > maxSize) throw tooLarge;
      bytes.set(chunk, size);
      size += chunk.byteLength;
    }
  } catch (error) {
    if (error instanceof Problem) throw error;
    throw new Problem("malformed_request", "The body is not complete.");
  }
  return bytes.subarray(0, size);
}

function parseJson(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Problem("malformed_request", "The body is not valid JSON.");
  }
  if (!isShallow(value, maxDepth)) {
    throw new Problem("malformed_request", `The body is nested more than ${maxDepth} levels deep.`);
  }
  return value;
}

function isShallow(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((item) => isShallow(item, levels - 1));
}
