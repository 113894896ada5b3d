import type { ReactNode } from "react";

/** A page's title, and a sentence or two about its purpose. */
export function PageHeading({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <header className="mb-8 max-w-prose">
      <h1 className="text-3xl leading-tight">{title}</h1>
      {children && <p className="mt-2 leading-relaxed text-muted">{children}</p>}
    </header>
  );
}
