import { json } from "#lib/http/json.ts";
import { route } from "#lib/http/route.ts";

/** Alive: this process responds. Restart it when it does not; /api/health is about its database. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route(
  "/api/health/live",
  { GET: async () => json({ status: "ok" }) },
  { everywhere: true },
);
