import type { FormProblem } from "#lib/ui/form-problem.ts";
import { HiddenUsername } from "./hidden-username.tsx";
import { PasswordField } from "./password-field.tsx";

interface NewPasswordFieldProps {
  name?: string;
  label?: string;
  /** In characters. */
  minLength: number;
  /** For password managers, where the form has neither a username field nor another password. */
  username?: string | undefined;
  problem: FormProblem | null;
}

export function NewPasswordField(props: NewPasswordFieldProps) {
  const { name, label = "New password", minLength, username, problem } = props;
  return (
    <>
      {username !== undefined && <HiddenUsername username={username} />}
      <PasswordField
        {...(name && { name })}
        label={label}
        hint={`At least ${minLength} characters. A few words in a row are long and easy to keep.`}
        autoComplete="new-password"
        problem={problem}
      />
    </>
  );
}
