import type { ComponentProps } from "react";

/** A link in running text. It loads a new document, as every way in and out does. */
export function TextLink(props: ComponentProps<"a">) {
  return (
    <a
      className="font-medium text-accent underline underline-offset-4 hover:text-accent-strong"
      {...props}
    />
  );
}
