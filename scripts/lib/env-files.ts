import nextEnv from "@next/env";
import { ConfigError } from "#lib/config/index.ts";
import { wrongEncoding } from "./env-encoding.mjs";

/** Reads .env, .env.local and the like as Next does, so that scripts see the same variables. */
export function loadEnvFiles(): void {
  const wrong = wrongEncoding(process.cwd());
  if (wrong) throw new ConfigError(wrong);
  const development = process.env.NODE_ENV !== "production";
  nextEnv.loadEnvConfig(process.cwd(), development, { info: () => {}, error: console.error });
}
