import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { Refusal } from "./run-script.ts";

/** Asks for a password without showing it, or takes the first line of piped input. */
export async function readPassword(): Promise<string> {
  const { stdin, stderr } = process;
  // readline echoes what is typed to its output; the question goes to stderr instead.
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: stdin, output: silent, terminal: stdin.isTTY });
  try {
    if (!stdin.isTTY) {
      for await (const line of lines) return readable(line);
      throw new Refusal("No password came from standard input.");
    }
    stderr.write("Password: ");
    const first = await lines.question("");
    stderr.write("\nAgain: ");
    const second = await lines.question("");
    stderr.write("\n");
    if (first !== second) throw new Refusal("The two differ. Nothing was changed.");
    return first;
  } finally {
    lines.close();
  }
}

/** PowerShell begins what it pipes with a byte order mark, which nobody types when signing in. */
function readable(line: string): string {
  if (line.includes("\uFFFD")) {
    throw new Refusal("The password on standard input is not UTF-8. Nothing was changed.");
  }
  return line.replace(/^\uFEFF/, "");
}
