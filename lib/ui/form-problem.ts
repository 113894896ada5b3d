/** What went wrong with a form, in words for the person who filled it in. */
import { AuthError } from "#lib/client/auth-client.ts";
import type { FieldError } from "#lib/contract/problems.ts";

export interface FormProblem {
  code: string;
  detail: string;
  errors: FieldError[];
}

/** The problem behind what a task of the form has rejected with. */
export function problemOf(error: unknown): FormProblem {
  if (error instanceof AuthError) {
    return { code: error.code, detail: error.message, errors: error.errors ?? [] };
  }
  // `fetch` rejects with a TypeError when the network fails.
  const detail = "The server could not be reached. Check your connection and try again.";
  return { code: "network_error", detail, errors: [] };
}
