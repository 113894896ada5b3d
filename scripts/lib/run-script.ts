import { ConfigError, readConfig } from "#lib/config.ts";
import { createServices, type Services } from "#lib/services.ts";
import { loadEnvFiles } from "./env-files.ts";

/** Runs a script with the services of its own, and closes them; a wrong setting is one sentence. */
export async function runScript(run: (services: Services) => Promise<void>): Promise<void> {
  try {
    loadEnvFiles();
    const services = createServices(readConfig(process.env));
    try {
      await run(services);
    } finally {
      await services.db.close();
    }
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}
