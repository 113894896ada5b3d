import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { expect, test } from "vitest";
import { isProtectedPath, protectedPaths } from "#lib/protected-paths.ts";

const app = join(import.meta.dirname, "..", "..", "app");
const groups = ["(account)", "(admin)"];

const pages = readdirSync(app, { recursive: true, encoding: "utf8" })
  .filter((file) => /(^|[\\/])page\.tsx$/.test(file))
  .map((file) => ({
    file,
    group: file.split(sep)[0] ?? "",
    path: `/${relative(app, join(app, dirname(file)))
      .split(sep)
      .filter((part) => !part.startsWith("("))
      .join("/")}`,
  }));

const guarded = pages.filter(({ group }) => groups.includes(group));

test("there are protected pages", () => {
  expect(guarded.length).toBeGreaterThan(2);
});

test.each(guarded)("$file is on the list, and asks for the session itself", ({ file, path }) => {
  expect(isProtectedPath(path)).toBe(true);
  expect(readFileSync(join(app, file), "utf8")).toMatch(
    new RegExp(`await (requireSession|gate)\\("${path}"\\)`),
  );
});

test("nothing else is on the list", () => {
  const open = pages.filter(({ group }) => !groups.includes(group));
  expect(open.filter(({ path }) => isProtectedPath(path))).toEqual([]);
  const paths = guarded.map(({ path }) => path);
  expect(protectedPaths.filter((path) => !paths.includes(path))).toEqual([]);
});

test("a path below a protected one is protected, and one that only begins like it is not", () => {
  expect(isProtectedPath("/me/picture")).toBe(true);
  expect(isProtectedPath("/menu")).toBe(false);
  expect(isProtectedPath("/")).toBe(false);
});
