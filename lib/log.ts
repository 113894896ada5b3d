import { pino } from "pino";

const format = {
  base: null,
  timestamp: pino.stdTimeFunctions.isoTime,
  formatters: { level: (level: string) => ({ level }) },
};

/**
 * One JSON object per line. Nothing secret is ever handed to it; the redaction is the second
 * line of defence, for whoever adds a member tomorrow (ASVS 16.2.5).
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

/** What a request's line says, and nothing else, so there is nothing to look for and redact. */
interface RequestLine {
  route: string;
  method: string;
  status: number;
  code?: string;
  duration_ms: number;
  /** Ids; of a session the first characters. */
  user?: string;
  session?: string;
}

const requests = pino(format);

export function logRequest(line: RequestLine): void {
  requests.info(line);
}
