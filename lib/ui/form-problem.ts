/** What went wrong with a form, in words for the person who filled it in. */
import { AuthError } from "#lib/client/auth-client.ts";
import type { FieldError, ProblemBody } from "#lib/contract/problems.ts";

export interface FormProblem {
  code: string;
  detail: string;
  errors: FieldError[];
}

/** The problem that a rejected call of the auth client stands for. */
export function problemOf(error: unknown): FormProblem {
  if (error instanceof AuthError) {
    return { code: error.code, detail: error.message, errors: error.errors ?? [] };
  }
  const detail = "The server could not be reached. Check your connection and try again.";
  return { code: "network_error", detail, errors: [] };
}

/** The problem in an answer that is not ok. */
export async function readProblem(response: Response): Promise<FormProblem> {
  const body: Partial<ProblemBody> = await response.json().catch(() => ({}));
  return {
    code: body.code ?? "internal_error",
    detail: body.detail ?? "Something went wrong on our side. Try again in a moment.",
    errors: body.errors ?? [],
  };
}
