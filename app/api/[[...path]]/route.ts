import { Problem } from "#lib/http/problems.ts";
import { route } from "#lib/http/route.ts";

const notFound = async (): Promise<never> => {
  throw new Problem("not_found", "There is no such route. docs/api.md lists them all.");
};

/** What no other route serves: an API never responds with a page. */
export const { GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS } = route("/api/*", {
  GET: notFound,
  POST: notFound,
  PUT: notFound,
  PATCH: notFound,
  DELETE: notFound,
});
