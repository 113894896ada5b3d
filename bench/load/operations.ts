/** What is measured. Each subject says how its clients do these. */
import type { Client } from "./client.ts";

export interface Operation {
  /** How many requests a client can make between two calls of `prepare`; as many as it likes if absent. */
  most?: number;
  /** Before each slice, unmeasured: what a client needs to go on. */
  prepare?(client: Client): Promise<void>;
  /** One request, measured. Throws when the answer is not the one that it should be. */
  request(client: Client): Promise<void>;
}

export type Subject = Record<string, Operation>;
