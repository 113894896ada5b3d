/**
 * Tells password managers whose password the form is about, where nobody types the username. It
 * comes before the form's first password field, because that is where they look
 * (mozilla/fxa-content-server#3977). It has no name, so nothing is sent.
 */
export function HiddenUsername({ username }: { username: string }) {
  return (
    <input
      type="text"
      autoComplete="username"
      defaultValue={username}
      readOnly
      hidden
      aria-hidden
    />
  );
}
