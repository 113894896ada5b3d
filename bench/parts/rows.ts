/** Which operations the bench compares with which limit, and the ratios they have to reach. */
import type { Server } from "../lib/servers.ts";
import { subjects } from "../subjects/index.ts";
import type { Lane, Row } from "./throughput.ts";

export interface Servers {
  /** bench/limit. */
  limit: Server;
  /** Ours with REFRESH_TOKEN_MIN_AGE=0: every refresh advances its session. */
  writing: Server;
  /** Ours with its defaults. */
  real: Server;
  /** The peers, by the names of their subjects. */
  peers: Record<string, Server>;
}

/** The ratios that rows have to reach, by their names. */
const targets: Record<string, number> = {
  login: 0.75,
  "refresh, a write each": 0.55,
  "refresh, as in real life": 0.6,
  me: 0.7,
  gate: 0.55,
};

export function rowsFor({ limit, writing, real, peers }: Servers): Row[] {
  const beside = (operation: string): Lane => ({ subject: "limit", operation, server: limit });
  const row = (
    name: string,
    operation: string,
    [limitName, limitWorkload]: [string, Row["limit"]],
    server = real,
  ): Row => ({
    name,
    limitName,
    limit: limitWorkload,
    own: { subject: "latchkey", operation, server },
    peers: Object.fromEntries(
      Object.entries(peers)
        .filter(([subject]) => subjects[subject]?.[operation])
        .map(([subject, peer]) => [subject, { subject, operation, server: peer }]),
    ),
    ...(targets[name] !== undefined && { target: targets[name] }),
  });

  const get: [string, Lane] = ["empty GET handler", beside("GET handler")];
  const post: [string, Lane] = ["empty POST handler", beside("POST handler")];
  const middleware: [string, Lane] = ["empty middleware", beside("middleware")];
  return [
    row("login", "login", ["argon2id alone", "argon2id"]),
    row("refresh, a write each", "refresh", post, writing),
    row("refresh, as in real life", "refresh", post),
    row("me", "me", get),
    row("protected page", "page", ["empty page", beside("page")]),
    row("gate", "gate", middleware),
    row("gate, opening a seal", "gate, sealed", middleware),
    row("logout", "logout", post),
  ];
}
