/** The size of the auth client. */
import { join } from "node:path";
import { root, runToEnd } from "../lib/servers.ts";

export interface ClientResult {
  /** Minified and compressed. */
  bytes: number;
}

export async function measureClient(): Promise<ClientResult> {
  const sizeLimit = join(root, "node_modules/size-limit/bin.js");
  const { output } = await runToEnd([process.execPath, sizeLimit, "--json"], {});
  const [measured] = JSON.parse(output.slice(output.indexOf("[")));
  return { bytes: measured.size };
}
