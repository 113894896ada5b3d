import { join } from "node:path";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  // Next, React and everything else are the project's own.
  turbopack: { root: join(import.meta.dirname, "..", "..") },
};
