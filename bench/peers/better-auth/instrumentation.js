/** Creates the tables, as its command line would. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== "nodejs") return;
  const { getMigrations } = await import("better-auth/db/migration");
  const { options } = await import("./auth.js");
  const { runMigrations } = await getMigrations(options);
  await runMigrations();
}
