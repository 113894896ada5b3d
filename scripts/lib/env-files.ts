import nextEnv from "@next/env";

/** Reads .env, .env.local and their like as Next itself does, so that scripts see what it sees. */
export function loadEnvFiles(): void {
  const development = process.env.NODE_ENV !== "production";
  nextEnv.loadEnvConfig(process.cwd(), development, { info: () => {}, error: console.error });
}
