import type { PublicUserRow } from "#db/users.ts";
import type { User } from "#lib/contract/answers.ts";
import { isoTime } from "#lib/format.ts";

/** The user as the API shows them. */
export function viewUser(id: string, row: PublicUserRow): User {
  return {
    id,
    username: row.username,
    email: row.email,
    email_verified: row.email_verified === 1,
    name: row.name,
    role: row.role,
    is_active: row.is_active === 1,
    date_joined: isoTime(row.joined_at),
    last_login: row.last_login_at === null ? null : isoTime(row.last_login_at),
  };
}
