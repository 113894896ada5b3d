import { contradictions } from "./contradictions.ts";
import { type Config, ConfigError, type Environment, readConfig } from "./index.ts";
import { misspeltVariables } from "./misspelt.ts";
import { knownVariables, wrongVariables } from "./variables.ts";

/**
 * Reads the configuration and validates it: each variable alone, then all of them together. Called
 * once, when a process starts.
 * @throws {ConfigError} with a sentence for each mistake: the variable, and what it takes
 */
export function checkConfig(environment: Environment): Config {
  try {
    refuse(wrongVariables(environment));
    const config = readConfig(environment);
    refuse(contradictions(config, environment));
    return config;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    // A variable that seems to be missing may be there by another name.
    throw new ConfigError([error.message, ...suspicions(environment)].join("\n"));
  }
}

/** Returns a sentence for each variable that stops nothing, and still is probably a mistake. */
export function suspicions(environment: Environment): string[] {
  return misspeltVariables(environment, knownVariables);
}

function refuse(sentences: string[]): void {
  if (sentences.length > 0) throw new ConfigError(sentences.join("\n"));
}
