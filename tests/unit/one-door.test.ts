import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");

const sources = ["app", "lib", "db", "scripts"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => /\.(ts|tsx|mjs)$/.test(file))
    .map((file) => join(folder, file).replaceAll("\\", "/")),
);

/** The files that mention `name`, other than the one that defines it. */
const usersOf = (name: string, definedIn: string) =>
  sources.filter(
    (file) =>
      file !== definedIn &&
      new RegExp(`\\b${name}\\b`).test(readFileSync(join(root, file), "utf8")),
  );

test("the sources are found", () => {
  expect(sources.length).toBeGreaterThan(100);
});

test("only lib/auth/sign-in.ts starts a session", () => {
  const users = usersOf("startSession", "lib/auth/session/sessions.ts");
  expect(users, "Prove who it is, and let signIn() start the session.").toEqual([
    "lib/auth/sign-in.ts",
  ]);
});

test("only startSession() inserts one", () => {
  expect(usersOf("insertSession", "db/sessions.ts")).toEqual(["lib/auth/session/sessions.ts"]);
  const writers = sources.filter((file) =>
    /insertInto\("sessions"\)/.test(readFileSync(join(root, file), "utf8")),
  );
  expect(writers).toEqual(["db/sessions.ts"]);
});
