import { writeFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { wrongEncoding } from "../../scripts/lib/env-encoding.mjs";
import { temporaryFolder } from "../support/server.ts";

// case: supabase/cli#6397, of the files with variables
describe("a .env file", () => {
  const folder = temporaryFolder();
  afterAll(folder.remove);
  const text = "APP_URL=https://www.example.com\r\nMAIL_FROM=Zoë <zoe@example.com>\r\n";
  const write = (name: string, bytes: Buffer) => writeFileSync(`${folder.path}/${name}`, bytes);

  test("may be missing, or UTF-8 with any line ends and a byte order mark", () => {
    expect(wrongEncoding(folder.path)).toBeUndefined();
    write(".env", Buffer.from(`\uFEFF${text}`));
    expect(wrongEncoding(folder.path)).toBeUndefined();
  });

  test.each([
    ["UTF-16", Buffer.from(`\uFEFF${text}`, "utf16le")],
    ["cp1252", Buffer.from(text, "latin1")],
  ])("in %s is refused by name", (_, bytes) => {
    write(".env.local", bytes);
    expect(wrongEncoding(folder.path)).toMatch(/^\.env\.local is not UTF-8/);
  });
});
