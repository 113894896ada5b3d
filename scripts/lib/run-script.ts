/** What the command-line scripts share: arguments, services and exit codes. */
import { inspect, type ParseArgsOptionsConfig, parseArgs } from "node:util";
import { isUnavailable, isUnusable, untilAwake } from "#db/index.ts";
import { checkConfig, suspicions } from "#lib/config/check.ts";
import { ConfigError } from "#lib/config/index.ts";
import { secretsIn, withoutAll } from "#lib/config/secrets.ts";
import { createServices, type Services } from "#lib/services.ts";
import { loadEnvFiles } from "./env-files.ts";

/** A failure that the operator can correct: only its message is printed, and the exit code is 1. */
export class Refusal extends Error {
  override name = "Refusal";
}

/** A command that was not understood: the usage follows the message, and the exit code is 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

export interface Arguments {
  positionals: string[];
  /** The options that were given. */
  values: Record<string, string | boolean | undefined>;
}

/**
 * Runs a script with services of its own, and closes them. `--help` prints `usage`.
 * Exit codes: 0 done, 1 failed, 2 not understood.
 */
export async function runScript(
  usage: string,
  options: ParseArgsOptionsConfig,
  run: (services: Services, given: Arguments) => Promise<void>,
): Promise<void> {
  try {
    const given = readArguments(options);
    if (given.values.help) {
      console.log(usage.trim());
      return;
    }
    loadEnvFiles();
    const services = createServices(checkConfig(process.env));
    for (const suspicion of suspicions(process.env)) console.error(suspicion);
    try {
      // Deployments that have pages only have no database.
      if (services.config.sessionsHere) await untilAwake(services.db, tellWait);
      await run(services, given);
    } finally {
      await services.db.close();
    }
  } catch (error) {
    console.error(explain(error, usage));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** What is printed must not have a password in it, whichever library wrote it. */
function withoutSecrets(text: string): string {
  return withoutAll(text, secretsIn(process.env));
}

function readArguments(options: ParseArgsOptionsConfig): Arguments {
  try {
    const { positionals, values } = parseArgs({
      options: { ...options, help: { type: "boolean", short: "h" } },
      allowPositionals: true,
    });
    return { positionals, values: values as Arguments["values"] };
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

function explain(error: unknown, usage: string): unknown {
  if (error instanceof UsageError) return `${error.message}\n\n${usage.trim()}`;
  if (error instanceof ConfigError || error instanceof Refusal) return error.message;
  if (isUnusable(error)) return error.message;
  const { message } = error as Error;
  if (isUnavailable(error)) return withoutSecrets(`The database does not answer: ${message}`);
  return withoutSecrets(inspect(error));
}

function tellWait({ message }: Error): void {
  console.error(
    withoutSecrets(`The database does not answer yet (${message}). Waiting for it, up to 30 s.`),
  );
}
