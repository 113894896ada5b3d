/** `npm run keys:rotate`: creates the next signing key; the present one stays valid meanwhile. */
import { rotateSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { runScript } from "./lib/run-script.ts";

const usage = `
Usage: npm run keys:rotate

Makes the next signing key. It is published now and signs in ten minutes, when every verifier has
had the time to fetch it. Tokens in use stay valid. It happens by itself every 30 days.
`;

await runScript(usage, {}, async ({ db, config }) => {
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
