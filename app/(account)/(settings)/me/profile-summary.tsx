"use client";

import type { ReactNode } from "react";
import { Avatar } from "#lib/ui/avatar.tsx";
import { Badge } from "#lib/ui/badge.tsx";
import { useUser } from "#lib/ui/require-auth.tsx";
import { ExactTime } from "#lib/ui/time.tsx";

/** The signed-in user. Changes show as soon as they are saved, in this tab or another. */
export function ProfileSummary() {
  const user = useUser();
  return (
    <>
      <div className="mb-6 flex items-center gap-4">
        <Avatar user={user} size="large" />
        <div className="min-w-0">
          <h2 className="truncate text-xl">{user.name || user.username}</h2>
          <p className="truncate text-muted">{user.username}</p>
        </div>
      </div>
      <dl className="divide-y divide-line border-t border-line">
        <Row name="Email">
          <span className="break-all">{user.email}</span>{" "}
          {!user.email_verified && <Badge>not verified</Badge>}
        </Row>
        <Row name="Role">{user.role}</Row>
        <Row name="Joined">
          <ExactTime at={user.date_joined} show="date" />
        </Row>
        <Row name="Last sign-in">
          {user.last_login ? <ExactTime at={user.last_login} /> : "never"}
        </Row>
      </dl>
    </>
  );
}

function Row({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="grid gap-x-4 py-3 sm:grid-cols-[7rem_1fr]">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0">{children}</dd>
    </div>
  );
}
