/** What a fresh clone installs: the lock files, and the scripts that compare node_modules with them. */
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findMissing } from "../../scripts/lib/installed.mjs";
import { temporaryFolder } from "../support/server.ts";

const root = join(import.meta.dirname, "..", "..");

interface Entry {
  version?: string;
  resolved?: string;
  integrity?: string;
  inBundle?: boolean;
  dev?: boolean;
  optional?: boolean;
  devOptional?: boolean;
  os?: string | string[];
  cpu?: string | string[];
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

type Lock = Record<string, Entry>;

const readLock = (folder: string): Lock =>
  JSON.parse(readFileSync(join(root, folder, "package-lock.json"), "utf8")).packages;

// red team 23
describe.each([".", "scripts/node"])("the lock file in %s", (folder) => {
  test("names the packages of every platform", () => {
    expect(lacksPlatforms(readLock(folder))).toBeUndefined();
  });

  test("has a hash of every package, and no registry", () => {
    const entries = Object.entries(readLock(folder)).filter(([path]) => path !== "");
    // What a package brings along is covered by the hash of that package.
    const own = entries.filter(([, { inBundle }]) => !inBundle);
    expect(
      own.filter(([, { integrity }]) => !/^sha512-[\w+/]{86}==$/.test(integrity ?? "")),
    ).toEqual([]);
    expect(entries.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});

// case: biomejs/biome#1178
test("a checkout has LF where Git writes CRLF otherwise", () => {
  const clone = temporaryFolder();
  const git = (...args: string[]) => spawnSync("git", args, { cwd: clone.path });
  try {
    git("init", "--quiet");
    git("config", "core.autocrlf", "true");
    cpSync(join(root, ".gitattributes"), join(clone.path, ".gitattributes"));
    writeFileSync(join(clone.path, "some.ts"), "one\ntwo\n");
    git("add", ".");
    rmSync(join(clone.path, "some.ts"));
    git("checkout", "--", "some.ts");
    expect(readFileSync(join(clone.path, "some.ts"), "utf8")).toBe("one\ntwo\n");
  } finally {
    clone.remove();
  }
});

test("a lock file without another platform's packages is told what it lacks", () => {
  const lock: Lock = {
    "": { dependencies: { tool: "1.0.0" } },
    "node_modules/tool": {
      optionalDependencies: { "tool-linux": "1.0.0", "tool-darwin": "1.0.0" },
    },
    "node_modules/tool/node_modules/tool-linux": {},
  };
  expect(lacksPlatforms(lock)).toMatch(/npm install.* lacks tool-darwin\.$/);
});

/** A sentence for the person whose npm wrote an incomplete lock; undefined if it is complete. */
function lacksPlatforms(lock: Lock): string | undefined {
  const lacking = Object.entries(lock).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isFound(lock, path, name)),
  );
  if (lacking.length === 0) return undefined;
  const names = [...new Set(lacking)].sort().join(", ");
  return (
    "Remove node_modules and package-lock.json, then run `npm install --package-lock-only`: " +
    `the lock file lacks ${names}.`
  );
}

/** Node.js looks for a package in the importing one's node_modules, then further up. */
function isFound(lock: Lock, path: string, name: string): boolean {
  if (join(path, "node_modules", name).replaceAll("\\", "/") in lock) return true;
  return (
    path !== "" &&
    isFound(lock, path.slice(0, Math.max(0, path.lastIndexOf("/node_modules/"))), name)
  );
}

describe("node_modules", () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const wanted: Lock = {
    "": { version: "0.1.0" },
    "node_modules/next": { version: "1.0.0", integrity: "sha512-next" },
    "node_modules/vitest": { version: "2.0.0", integrity: "sha512-vitest", dev: true },
    "node_modules/playwright": { version: "2.0.0", integrity: "sha512-pw", devOptional: true },
    "node_modules/other-os": { version: "1.0.0", integrity: "sha512-os", optional: true },
  };
  const { "": _, "node_modules/other-os": __, ...installed } = wanted;

  function missing(lock: Lock | undefined, dev = true): string | undefined {
    const write = (file: string, packages: Lock) => {
      mkdirSync(dirname(join(folder.path, file)), { recursive: true });
      writeFileSync(join(folder.path, file), JSON.stringify({ packages }));
    };
    write("package-lock.json", wanted);
    if (lock) write("node_modules/.package-lock.json", lock);
    return findMissing(folder.path, { dev });
  }

  test("is complete without what other platforms need, and with more than the lock says", () => {
    expect(missing(installed)).toBeUndefined();
    expect(missing({ ...installed, "node_modules/extra": { version: "1.0.0" } })).toBeUndefined();
  });

  test("is missing, or was not installed to the end", () => {
    expect(missing(undefined)).toBe("node_modules/next");
  });

  test("serves without what development needs, and is not enough for tests", () => {
    const { "node_modules/next": next = {} } = installed;
    expect(missing({ "node_modules/next": next }, false)).toBeUndefined();
    expect(missing({ "node_modules/next": next }, true)).toBe("node_modules/vitest");
  });

  test.each<[string, Entry]>([
    ["another version", { version: "1.0.1", integrity: "sha512-next" }],
    ["another hash", { version: "1.0.0", integrity: "sha512-else" }],
    ["another system's binaries", { version: "1.0.0", integrity: "sha512-next", os: ["plan9"] }],
    ["another processor's", { version: "1.0.0", integrity: "sha512-next", cpu: "sparc" }],
    [
      "what excludes this one",
      { version: "1.0.0", integrity: "sha512-next", os: [`!${process.platform}`] },
    ],
  ])("is stale with %s", (_, next) => {
    expect(missing({ ...installed, "node_modules/next": next })).toBe("node_modules/next");
  });

  test("that is missing is not installed by npm start, which says what to run", () => {
    for (const part of ["scripts", "package.json", "package-lock.json"]) {
      cpSync(join(root, part), join(folder.path, part), {
        recursive: true,
        filter: (source) => !source.includes("node_modules"),
      });
    }
    const start = ["scripts/with-node.mjs", "scripts/start.ts"];
    const { status, stderr } = spawnSync(process.execPath, start, {
      cwd: folder.path,
      encoding: "utf8",
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^node_modules\/\S+ is missing, .* Run `npm ci`\.\n$/);
  });
});
