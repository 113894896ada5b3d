/**
 * What argon2id alone allows on this machine: the program's own password check, through its own
 * limiter, for as many clients as sign in, and nothing else.
 */
import { hashPassword, verifyPassword } from "#lib/auth/password/hash.ts";
import { password } from "../lib/seeds.ts";

const hash = await hashPassword(password);

/** Returns the number of checks per second. */
async function run({ clients, seconds }: { clients: number; seconds: number }): Promise<number> {
  const began = performance.now();
  let checked = 0;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() - began < seconds * 1000) {
        if (!(await verifyPassword(password, hash))) throw new Error("The password is wrong.");
        checked += 1;
      }
    }),
  );
  return (checked / (performance.now() - began)) * 1000;
}

process.on("message", async (order: { clients: number; seconds: number }) => {
  process.send?.(await run(order));
});
process.on("disconnect", () => process.exit());
