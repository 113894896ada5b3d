/** One Postgres server for all tests of a project; each file creates its own databases on it. */
import type { TestProject } from "vitest/node";
import { startPostgres } from "./postgres.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgresUrl: string;
  }
}

export default async function setUp(project: TestProject) {
  const server = await startPostgres();
  project.provide("postgresUrl", server.url);
  return server.remove;
}
