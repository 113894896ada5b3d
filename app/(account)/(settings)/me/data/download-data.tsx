"use client";

import { useAuth } from "#lib/client/auth-provider.tsx";
import { appSlug } from "#lib/site.ts";
import { type FormProblem, readProblem } from "#lib/ui/form-problem.ts";
import { ActionForm } from "#lib/ui/forms/action-form.tsx";
import { CurrentPasswordWithoutScripts } from "#lib/ui/forms/current-password.tsx";
import { useRecentSignIn } from "#lib/ui/forms/recent-sign-in.tsx";

/** Everything that is kept about the person, as a file. */
export function DownloadData({ initialProblem }: { initialProblem: FormProblem | null }) {
  const auth = useAuth();
  const { withRecentSignIn, dialog } = useRecentSignIn();

  async function download() {
    const response = await withRecentSignIn(() =>
      auth.fetch("/api/auth/me/data", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: "{}",
      }),
    );
    if (!response) return null;
    if (!response.ok) return readProblem(response);
    save(await response.blob(), `${appSlug}-${auth.user?.username}.json`);
    return null;
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
