/**
 * The address at the other end of the connection. Route handlers are not told it: Next fills
 * X-Forwarded-For from the socket, but only when the caller has not sent one of their own. So
 * Node's own announcement of each request is used to write it down before anything else runs.
 */
import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";

export const peerAddressHeader = "x-latchkey-peer";

/** Overwrites the header on every request, so that nobody can send it. */
export function announcePeerAddresses(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    request.headers[peerAddressHeader] = request.socket.remoteAddress ?? "";
  });
}
