/**
 * The address at the other end of the connection. Next does not tell it to route handlers: it fills
 * X-Forwarded-For from the socket only when the client has not sent that header. So a subscriber to
 * Node's own announcement of each request writes the address into a header before anything else runs.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { peerAddressHeader } from "#lib/protocol.ts";

/** Overwrites the header on every request, so that no client can set it. */
export function announcePeerAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[peerAddressHeader] = request.socket.remoteAddress ?? "";
  });
}
