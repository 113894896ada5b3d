import { join } from "node:path";
import project from "../../next.config.js";

/**
 * As the project itself is built, with its headers, so that all that is missing is its code.
 * @type {import("next").NextConfig}
 */
export default {
  ...project,
  pageExtensions: ["jsx", "js"],
  // Next, React and everything else are the project's own.
  turbopack: { root: join(import.meta.dirname, "..", "..") },
};
