/** Stands where a form would promise an email, on a site that cannot send any. */
export function NoMail({ children }: { children: string }) {
  return (
    <p className="leading-relaxed text-muted">
      This site cannot send email. {children} Ask whoever runs it for help.
    </p>
  );
}
