/** `npm run keys:rotate`: creates the next signing key; the present one stays valid meanwhile. */
import { rotateSigningKeys } from "#lib/auth/session/signing-keys.ts";
import { signingKeyLeadTime, signingKeyRotation } from "#lib/contract/lifetimes.ts";
import { durationWords } from "#lib/format.ts";
import { runScript } from "./lib/run-script.ts";

const usage = `
Usage: npm run keys:rotate

Makes the next signing key. It is published now and signs in ${durationWords(signingKeyLeadTime)}, when every verifier has
had the time to fetch it. Tokens in use stay valid. It happens by itself every ${durationWords(signingKeyRotation)}.
`;

await runScript(usage, {}, async ({ db, config, keyring }) => {
  const kid = await rotateSigningKeys({
    db: db.query,
    keyring,
    accessTokenLifetime: config.accessTokenLifetime,
    now: Date.now(),
  });
  console.log(
    kid
      ? `Made key ${kid}. It is published now and signs in ${durationWords(signingKeyLeadTime)}.`
      : "Another instance has just made the next key.",
  );
});
