import { pino, stdSerializers } from "pino";

/**
 * One JSON line per request. Nothing secret is ever handed to it; the redaction is the second
 * line of defence, for whoever adds a field tomorrow (ASVS 16.2.5).
 */
export const log = pino({
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }), log: redact },
  serializers: { err: (error) => redact(stdSerializers.err(error)) },
});

const secretNames = new Set([
  "password",
  "token",
  "access_token",
  "refresh_token",
  "cookie",
  "authorization",
  "secret",
]);

/**
 * What goes by one of these names is left out, one level down as well. pino's own redaction does
 * the same, and takes apart the list of names again for every line.
 */
export function redact(fields: object, levels = 1): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (secretNames.has(name)) told[name] = "[Redacted]";
    else told[name] = levels > 0 && isPlain(value) ? redact(value, levels - 1) : value;
  }
  return told;
}

/** Errors have a serializer of their own. */
function isPlain(value: unknown): value is object {
  return (
    typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype
  );
}
