import { randomBytes } from "node:crypto";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Creates an AUTH_SECRET for the first `next dev` and keeps it in .env.local, so that a restart ends
 * no session. Development only: in production a missing secret is a mistake.
 */
export async function ensureDevelopmentSecret(): Promise<void> {
  if (process.env.AUTH_SECRET) return;
  const file = join(process.cwd(), ".env.local");
  const present = await readFile(file, "utf8").catch(() => "");
  const secret = randomBytes(32).toString("base64url");
  const separator = present === "" || present.endsWith("\n") ? "" : "\n";
  await appendFile(file, `${separator}AUTH_SECRET=${secret}\n`, { mode: 0o600 });
  process.env.AUTH_SECRET = secret;
  console.log("Made an AUTH_SECRET and kept it in .env.local.");
}
