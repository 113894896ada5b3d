/** What the bench measures. Each subject defines how its clients do it. */
import type { Client } from "./client.ts";

export interface Operation {
  /** How many requests a client can send between two calls of `prepare`; unlimited if absent. */
  most?: number;
  /** Runs before each slice, unmeasured: gets what the client's requests need. */
  prepare?(client: Client): Promise<void>;
  /** Sends one request, measured. Throws unless the response is the expected one. */
  request(client: Client): Promise<void>;
}

export type Subject = Record<string, Operation>;
