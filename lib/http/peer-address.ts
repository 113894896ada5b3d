/**
 * The address at the other end of the connection. Next does not tell it to route handlers: it fills
 * X-Forwarded-For from the socket only when the client has not sent that header. So a subscriber to
 * Node's own announcement of each request writes the address into a header before anything else runs.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import type { Config } from "#lib/config/index.ts";
import { log } from "#lib/log.ts";
import { peerAddressHeader } from "#lib/protocol.ts";
import { isTrustedProxy } from "./address.ts";

/** Overwrites the header on every request, so that no client can set it. */
export function announcePeerAddresses(config: Config): void {
  let warned = false;
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const peer = request.socket.remoteAddress ?? "";
    request.headers[peerAddressHeader] = peer;
    if (warned || !forwarding.some((name) => request.headers[name] !== undefined)) return;
    if (isTrustedProxy(peer, config)) return;
    warned = true;
    log.warn(
      { peer },
      "a request has forwarding headers that are not trusted: if this is your proxy, add it to TRUSTED_PROXIES; until then all its visitors count as one network (RATE_LIMIT_… raises the limits)",
    );
  });
}

const forwarding = ["x-forwarded-for", "forwarded", "x-real-ip"];
