/** Browsers that were signed out as a stranger's; their device cookies are void. */

import type { Which } from "./blacklist.ts";
import type { Query } from "./database.ts";

/**
 * Voids the device cookies of the browsers that had `which` of the user's sessions, over ones
 * included: such a browser still has its cookie. `expiresAt` (Unix milliseconds) is when no cookie
 * can be valid any more.
 */
export async function revokeDevices(
  db: Query,
  userId: string,
  which: Which,
  expiresAt: number,
): Promise<void> {
  if (Array.isArray(which) && which.length === 0) return;
  await db
    .insertInto("revoked_devices")
    .columns(["device_id", "user_id", "expires_at"])
    .expression((insert) => {
      const devices = insert
        .selectFrom("sessions")
        .where("user_id", "=", userId)
        .where("device_id", "!=", "")
        .select((select) => [
          "device_id",
          "user_id",
          // Postgres takes a bare parameter for text.
          select.cast<number>(select.val(expiresAt), "bigint").as("expires_at"),
        ])
        .distinct();
      if (which === "all") return devices;
      if (Array.isArray(which)) return devices.where("id", "in", which);
      // The browser that goes on may have had other sessions before.
      return devices.where("device_id", "not in", (select) =>
        select.selectFrom("sessions").select("device_id").where("id", "=", which.allBut),
      );
    })
    .onConflict((conflict) => conflict.column("device_id").doNothing())
    .execute();
}

export async function isDeviceRevoked(db: Query, deviceId: string): Promise<boolean> {
  const revoked = await db
    .selectFrom("revoked_devices")
    .select("device_id")
    .where("device_id", "=", deviceId)
    .executeTakeFirst();
  return revoked !== undefined;
}
