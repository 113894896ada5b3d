import type { ComponentProps } from "react";

/** A quiet panel. Its children space themselves. */
export function Card({ className = "", ...props }: ComponentProps<"div">) {
  return (
    <div
      className={`rounded-2xl border border-line bg-surface p-5 sm:p-7 ${className}`}
      {...props}
    />
  );
}
