/**
 * Content-Security-Policy where neither the middleware nor next.config.js has a say: a URL that Next
 * cannot decode, its redirects, a file that is not there (ASVS 3.4.3).
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage, ServerResponse } from "node:http";
import { policyOfNothing } from "./csp.ts";

/**
 * Gives every response a policy that whoever knows better overwrites. Drops the request's own: from it
 * Next would take the nonce of its scripts, which the middleware sets later on, in this process.
 */
export function guardPolicies(): void {
  subscribe("http.server.request.start", (message) => {
    const { request, response } = message as {
      request: IncomingMessage;
      response: ServerResponse;
    };
    delete request.headers["content-security-policy"];
    delete request.headers["content-security-policy-report-only"];
    response.setHeader("Content-Security-Policy", policyOfNothing);
  });
}
