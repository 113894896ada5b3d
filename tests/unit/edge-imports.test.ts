/** What the middleware's bundle is made of: the edge has no Node, and each visitor waits for it. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "../..");

/** Collects the files that `file` imports, directly or not, and the packages that they import. */
function follow(file: string, files = new Set<string>(), packages = new Set<string>()) {
  files.add(relative(root, file));
  const source = readFileSync(file, "utf8");
  for (const [, what = "", from = ""] of source.matchAll(
    /^(?:import|export)\s([^"';]*?)\sfrom\s"([^"]+)"/gms,
  )) {
    if (/^type\b/.test(what)) continue;
    if (!/^[#.]/.test(from)) packages.add(from);
    else {
      const next = from.startsWith("#") ? join(root, from.slice(1)) : join(dirname(file), from);
      if (!files.has(relative(root, next))) follow(next, files, packages);
    }
  }
  return { files, packages };
}

test("the middleware carries neither Node, zod nor the checks of the configuration", () => {
  const { files, packages } = follow(join(root, "middleware.ts"));
  expect([...packages].sort()).toEqual(["iron-session", "jose", "next/server"]);
  expect(files).toContain("lib/auth/session/refresh-token.ts");
  expect(files).toContain("lib/config/index.ts");
  for (const absent of ["check", "variables", "contradictions"]) {
    expect(files).not.toContain(`lib/config/${absent}.ts`);
  }
});
