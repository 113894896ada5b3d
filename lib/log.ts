import { pino } from "pino";

const format = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }) },
};

/**
 * Writes one JSON object a line. The code passes no secrets to it; the redaction is a second line
 * of defence against future mistakes (ASVS 16.2.5).
 */
export const log = pino({
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
});

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
