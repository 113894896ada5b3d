import { pino } from "pino";
import { secretsIn, withoutAll } from "#lib/config/secrets.ts";

const format = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }) },
};

/**
 * Writes one JSON object a line. The code passes no secrets to it; the redaction is a second line
 * of defence against future mistakes (ASVS 16.2.5).
 */
export const log = pino(
  {
    ...format,
    redact: [
      "password",
      "token",
      "access_token",
      "refresh_token",
      "cookie",
      "authorization",
      "secret",
    ].flatMap((name) => [name, `*.${name}`]),
  },
  // The messages of other people's errors, too.
  { write: (line: string) => process.stdout.write(withoutAll(line, secretsIn(process.env))) },
);

/** What is logged of a request. Nothing else is, so this line needs no redaction. */
interface RequestLine {
  route: string;
  method: string;
  status: number;
  code?: string;
  duration_ms: number;
  /** Ids; a session's is shortened. */
  user?: string;
  session?: string;
}

const requests = pino(format);

export function logRequest(line: RequestLine): void {
  requests.info(line);
}
