/** What every route has in common: methods, origin check, CORS, errors as problems, the log line. */
import { after } from "next/server";
import { isUnavailable } from "#db/index.ts";
import { shortSession } from "#lib/auth/audit.ts";
import { log, logRequest } from "#lib/log.ts";
import { deliverDueEmails } from "#lib/mail/deliver.ts";
import { isForm } from "./body.ts";
import { type Call, createCall } from "./call.ts";
import { forward } from "./forward.ts";
import { migrateInDevelopment } from "./migrate-in-development.ts";
import { addCorsHeaders, preflight, requireOwnOrigin } from "./origin.ts";
import { Problem, problemOf } from "./problems.ts";

export type Handler = (request: Request, call: Call) => Promise<Response>;
type NextHandler = (
  request: Request,
  next?: { params: Promise<Record<string, string | string[] | undefined>> },
) => Promise<Response>;

interface RouteOptions {
  /** Whether a deployment that has pages only, and its API elsewhere, serves the route itself. */
  everywhere?: boolean;
}

const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"] as const;
type Method = (typeof methods)[number];

/** Methods that change nothing; a foreign page gains nothing by causing them. */
const safeMethods = new Set<string>(["GET", "HEAD", "OPTIONS"]);

/**
 * Creates the exports of a `route.ts`. All seven have to be exported, because Next responds to a
 * missing method without a body.
 * @param path where the file is mounted; a test compares the two
 * @example
 * export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/invoices", {
 *   GET: async (request, call) => {
 *     const { user_id } = await authenticate(request, call);
 *     return json({ owner: user_id });
 *   },
 * });
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
      async (request, next) => respond(path, handler, request, options, await next?.params),
    ];
  });
  return Object.fromEntries(entries) as Record<Method, NextHandler>;
}

async function respond(
  path: string,
  handler: Handler,
  request: Request,
  options: RouteOptions,
  params: Record<string, string | string[] | undefined> = {},
): Promise<Response> {
  const started = performance.now();
  const call = await createCall(request, params);
  let response: Response;
  let failure: Problem | undefined;
  try {
    response = await handle(handler, request, call, options);
  } catch (error) {
    failure = problemOf(error);
    if (failure.status === 500) log.error({ route: path, err: error });
    else if (isUnavailable(error)) log.warn({ route: path, reason: String(error) });
    response = failure.toResponse();
  }
  if (call.outbox.filled) after(() => sendQueuedEmails(call));
  if (request.method === "HEAD") response = new Response(null, response);
  if (!response.headers.has("cache-control")) response.headers.set("Cache-Control", "no-store");
  addCorsHeaders(response.headers, request, call.config);

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

async function handle(
  handler: Handler,
  request: Request,
  call: Call,
  { everywhere = false }: RouteOptions,
): Promise<Response> {
  const { apiProxyTarget, sessionsHere, apiHost } = call.config;
  if (apiProxyTarget && !everywhere) return forward(request, call);
  if (!sessionsHere && !everywhere) throw new Problem("not_found", `The API is ${apiHost}.`);
  if (!safeMethods.has(request.method)) requireOwnOrigin(request, call.config, isForm(request));
  await migrateInDevelopment();
  return handler(request, call);
}

/** Runs after the response. What fails here is retried (lib/server/maintenance.ts). */
async function sendQueuedEmails(call: Call): Promise<void> {
  await deliverDueEmails(call).catch((error: unknown) =>
    log.warn({ reason: String(error) }, "mail not sent yet"),
  );
}

async function refuseMethod(method: string, allowed: string[]): Promise<never> {
  const detail = `${method} is not available; ${allowed.join(", ")} are.`;
  throw new Problem("method_not_allowed", detail, { headers: { Allow: allowed.join(", ") } });
}
