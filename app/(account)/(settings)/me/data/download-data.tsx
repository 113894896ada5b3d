"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import { appSlug } from "#lib/site.ts";
import type { FormProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CurrentPasswordWithoutScripts } from "#lib/ui/forms/current-password.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";

/** Downloads everything that is kept about the user, as a file. */
export function DownloadData({ initialProblem }: { initialProblem: FormProblem | null }) {
  const { request, user } = useAuth();
  const { withRecentSignIn, dialog } = useRecentSignIn();

  async function download() {
    await withRecentSignIn(async () => {
      const data = await request<object>("POST", "/api/auth/me/data", {});
      const file = new Blob([JSON.stringify(data, null, 2)], { type: "application/json" });
      save(file, `${appSlug}-${user?.username}.json`);
    });
  }

  return (
    <>
      <ActionForm
        action="me/data"
        initialProblem={initialProblem}
        onSend={download}
        label="Download my data"
        busyLabel="Collecting it…"
        variant="secondary"
      >
        {(problem) => <CurrentPasswordWithoutScripts problem={problem} />}
      </ActionForm>
      {dialog}
    </>
  );
}

function save(file: Blob, name: string) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}
