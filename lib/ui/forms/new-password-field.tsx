import type { FormProblem } from "#lib/ui/form-problem.ts";
import { PasswordField } from "./password-field.tsx";

interface NewPasswordFieldProps {
  label?: string;
  /** Characters. */
  minLength: number;
  /** Whose it will be, for password managers, where the form has no field that says so. */
  username?: string | undefined;
  problem: FormProblem | null;
}

export function NewPasswordField(props: NewPasswordFieldProps) {
  const { label = "New password", minLength, username, problem } = props;
  return (
    <>
      {username !== undefined && (
        <input
          type="text"
          autoComplete="username"
          defaultValue={username}
          readOnly
          hidden
          aria-hidden
        />
      )}
      <PasswordField
        label={label}
        hint={`At least ${minLength} characters. A few words in a row are long and easy to keep.`}
        autoComplete="new-password"
        problem={problem}
      />
    </>
  );
}
