import { readFileSync } from "node:fs";
import { join } from "node:path";

/** The files that @next/env reads. */
const names = [
  "",
  ".local",
  ".development",
  ".development.local",
  ".production",
  ".production.local",
];

/**
 * Returns a sentence about the first .env file in `folder` that is not UTF-8, or undefined. Next reads
 * UTF-16, which PowerShell's `>` writes, as if the file were empty, and letters of cp1252 as U+FFFD.
 *
 * @param {string} folder
 * @returns {string | undefined}
 */
export function wrongEncoding(folder) {
  for (const name of names.map((suffix) => `.env${suffix}`)) {
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(join(folder, name)));
    } catch (error) {
      if (error.code === "ERR_ENCODING_INVALID_ENCODED_DATA") {
        return `${name} is not UTF-8, so its variables would be lost. Save it as UTF-8.`;
      }
      // Others are not there, or Next says what is wrong with them.
    }
  }
  return undefined;
}
