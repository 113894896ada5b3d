import nextEnv from "@next/env";

/** Reads .env, .env.local and the like as Next does, so that scripts see the same variables. */
export function loadEnvFiles(): void {
  const development = process.env.NODE_ENV !== "production";
  nextEnv.loadEnvConfig(process.cwd(), development, { info: () => {}, error: console.error });
}
