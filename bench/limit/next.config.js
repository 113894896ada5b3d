import { join } from "node:path";
import project from "../../next.config.js";

/**
 * Built as the project itself, with its headers, so that only its code is missing.
 * @type {import("next").NextConfig}
 */
export default {
  ...project,
  pageExtensions: ["jsx", "js"],
  // Next, React and everything else come from the project.
  turbopack: { root: join(import.meta.dirname, "..", "..") },
};
