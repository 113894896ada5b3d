import { join } from "node:path";

/** @type {import("next").NextConfig} */
export default {
  poweredByHeader: false,
  serverExternalPackages: ["better-sqlite3", "@node-rs/argon2"],
  // Their packages are shared, one folder up.
  turbopack: { root: join(import.meta.dirname, "..") },
};
