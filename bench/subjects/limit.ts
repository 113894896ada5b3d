/** The least that Next.js can do (bench/limit). */
import type { Subject } from "../load/operations.ts";

export const limit: Subject = {
  "GET handler": {
    request: async (client) => void (await client.expect(200, "GET", "/api/empty")),
  },
  "POST handler": {
    request: async (client) => void (await client.expect(200, "POST", "/api/empty")),
  },
  page: {
    request: async (client) => void (await client.expect(200, "GET", "/")),
  },
  middleware: {
    request: async (client) => void (await client.expect(307, "GET", "/gated")),
  },
};
