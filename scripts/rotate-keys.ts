/** `npm run keys:rotate`: makes the next signing key; the present one stays valid meanwhile. */
import { migrate } from "#db/migrate.ts";
import { rotateSigningKeys } from "#lib/auth/signing-keys.ts";
import { runScript } from "./lib/run-script.ts";

await runScript(async ({ db, config }) => {
  await migrate(db);
  const kid = await rotateSigningKeys({
    db: db.query,
    secrets: config.secrets,
    accessTokenLifetime: config.accessTokenLifetime,
    now: Date.now(),
  });
  console.log(
    kid
      ? `Made key ${kid}. It is published now and signs in ten minutes.`
      : "Another instance has just made the next key.",
  );
});
