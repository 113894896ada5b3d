import { pino } from "pino";

/**
 * One JSON line per request. Nothing secret is ever handed to it; the redaction is the second
 * line of defence, for whoever adds a field tomorrow (ASVS 16.2.5).
 */
export const log = pino({
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level) => ({ level }) },
  redact: [
    "password",
    "token",
    "access_token",
    "refresh_token",
    "cookie",
    "authorization",
    "secret",
  ].flatMap((name) => [name, `*.${name}`]),
});
