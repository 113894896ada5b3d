/** What every route has in common: who is calling, from where, the answer's form, the log line. */
import { after } from "next/server";
import { isUnavailable } from "#db/index.ts";
import { shortSession } from "#lib/auth/audit.ts";
import type { AuthContext } from "#lib/auth/context.ts";
import { QueueFullError } from "#lib/auth/guard/limiter.ts";
import { RateLimitedError } from "#lib/auth/guard/rate-limits.ts";
import { durationWords } from "#lib/format.ts";
import { log, logRequest } from "#lib/log.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import { services } from "#lib/services.ts";
import { addressBucket, callerAddress, callerPlace } from "./address.ts";
import { isForm } from "./body.ts";
import { forward } from "./forward.ts";
import { openForwardedAddress } from "./forwarded-address.ts";
import { addCorsHeaders, preflight, requireOwnOrigin } from "./origin.ts";
import { Problem } from "./problem.ts";

/** A request's context, and what the log line will say of it. */
export interface Call extends AuthContext {
  /** Filled in as soon as it is known whose request this is. */
  subject: { userId?: string; sessionId?: string };
  /** The values of the path's parameters. */
  params: Record<string, string>;
}

type Handler = (request: Request, call: Call) => Promise<Response>;
type NextHandler = (
  request: Request,
  next?: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>;

interface RouteOptions {
  /** Whether a deployment answers itself even if it has pages only, and its API is elsewhere. */
  everywhere?: boolean;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof methods)[number];

/** Methods that change nothing; a foreign page gains nothing by causing them. */
const safeMethods = new Set<string>(["GET", "HEAD", "OPTIONS"]);

const maxUserAgent = 512;

/**
 * The exports of a `route.ts`: `export const { GET, HEAD, POST, … } = route("/api/…", { POST })`.
 * All seven have to be exported, because Next answers a method that is missing without a body.
 */
export function route(
  path: string,
  handlers: Partial<Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Handler>>,
  options: RouteOptions = {},
): Record<Method, NextHandler> {
  const allowed = methods.filter(
    (method) => method in handlers || method === "OPTIONS" || (method === "HEAD" && handlers.GET),
  );
  const choose = (method: Method): Handler => {
    if (method === "OPTIONS") return async () => preflight(allowed);
    const handler = handlers[(method === "HEAD" ? "GET" : method) as keyof typeof handlers];
    return handler ?? (async () => refuseMethod(method, allowed));
  };
  const entries = methods.map((method): [Method, NextHandler] => {
    const handler = choose(method);
    return [
      method,
      async (request, next) => answer(path, handler, request, options, await next?.params),
    ];
  });
  return Object.fromEntries(entries) as Record<Method, NextHandler>;
}

async function answer(
  path: string,
  handler: Handler,
  request: Request,
  { everywhere = false }: RouteOptions,
  params: Record<string, string | string[] | undefined> = {},
): Promise<Response> {
  const started = performance.now();
  const { config, db, keys } = services();
  const now = Date.now();
  const ip =
    (await openForwardedAddress(request.headers, { config, now })) ??
    callerAddress(request.headers, config);
  const call: Call = {
    config,
    db,
    keys,
    now,
    caller: {
      ip,
      network: addressBucket(ip),
      userAgent: (request.headers.get("user-agent") ?? "").slice(0, maxUserAgent),
      place: callerPlace(request.headers, config),
    },
    outbox: { filled: false },
    subject: {},
    params: Object.fromEntries(Object.entries(params).map(([name, value]) => [name, `${value}`])),
  };

  let response: Response;
  let failure: Problem | undefined;
  try {
    if (config.apiProxyTarget && !everywhere) return await forward(request, ip, call);
    if (!config.sessionsHere && !everywhere)
      throw new Problem("not_found", `The API is ${config.apiHost}.`);
    if (!safeMethods.has(request.method)) requireOwnOrigin(request, config, isForm(request));
    response = await handler(request, call);
  } catch (error) {
    failure = problemOf(error);
    if (failure.status === 500) log.error({ route: path, err: error });
    else if (isUnavailable(error)) log.warn({ route: path, reason: String(error) });
    response = failure.toResponse();
  }
  if (call.outbox.filled) after(() => sendQueuedMail(call));
  if (request.method === "HEAD") response = new Response(null, response);
  if (!response.headers.has("cache-control")) response.headers.set("Cache-Control", "no-store");
  addCorsHeaders(response.headers, request, config);

  const { userId, sessionId } = call.subject;
  logRequest({
    route: path,
    method: request.method,
    status: response.status,
    ...(failure && { code: failure.code }),
    duration_ms: Math.round((performance.now() - started) * 10) / 10,
    ...(userId && { user: userId }),
    ...(sessionId && { session: shortSession(sessionId) }),
  });
  return response;
}

/** When the answer is on its way. What fails here is tried again (lib/server/maintenance.ts). */
async function sendQueuedMail({ db, config }: Call): Promise<void> {
  await deliverDueEmails({ db, config }).catch((error: unknown) =>
    log.warn({ reason: String(error) }, "mail not sent yet"),
  );
}

async function refuseMethod(method: string, allowed: string[]): Promise<never> {
  throw new Problem(
    "method_not_allowed",
    `${method} is not available; ${allowed.join(", ")} are.`,
    {
      headers: { Allow: allowed.join(", ") },
    },
  );
}

/** The one place where errors become answers. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof RateLimitedError) {
    if (error.resetNeeded) {
      const advice = "Choose a new password by mail, or log in where you have logged in before.";
      return new Problem("too_many_attempts", advice, { retryAfter: 3_600 });
    }
    const { retryAfter } = error;
    return new Problem("too_many_attempts", `Try again in ${durationWords(retryAfter * 1000)}.`, {
      retryAfter,
    });
  }
  if (error instanceof QueueFullError) {
    return new Problem("unavailable", "Too many people are signing in just now. Try again.", {
      retryAfter: 2,
    });
  }
  if (isUnavailable(error)) {
    // When the answer to a commit was lost, nobody here knows whether it has happened.
    const detail = "The database does not answer. What was asked for may have been done or not.";
    return new Problem("unavailable", detail, { retryAfter: 5 });
  }
  return new Problem("internal_error", "The error has been logged. Nothing more is known here.");
}
