import { join } from "node:path";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  serverExternalPackages: ["better-sqlite3", "@node-rs/argon2"],
  // The peers share their packages, one folder up.
  turbopack: { root: join(import.meta.dirname, "..") },
};
