import { contradictions } from "./contradictions.ts";
import { type Config, ConfigError, type Environment, readConfig } from "./index.ts";
import { wrongVariables } from "./variables.ts";

/**
 * Reads the configuration and validates it: each variable alone, then all of them together. Called
 * once, when a process starts.
 * @throws {ConfigError} with a sentence for each mistake: the variable, its value, what it takes
 */
export function checkConfig(environment: Environment): Config {
  refuse(wrongVariables(environment));
  const config = readConfig(environment);
  refuse(contradictions(config, environment));
  return config;
}

function refuse(sentences: string[]): void {
  if (sentences.length > 0) throw new ConfigError(sentences.join("\n"));
}
