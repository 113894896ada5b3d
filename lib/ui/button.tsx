import type { ComponentProps } from "react";

const base =
  "inline-flex min-h-11 items-center justify-center gap-2 rounded-lg px-4 text-[0.9375rem] font-medium transition-colors disabled:cursor-default disabled:opacity-60 aria-disabled:cursor-default aria-disabled:opacity-60";

const variants = {
  primary: "bg-accent text-on-accent hover:bg-accent-strong",
  secondary: "border border-line-strong bg-surface hover:bg-sunken",
  quiet: "text-muted hover:bg-sunken hover:text-ink",
  danger: "border border-danger bg-surface text-danger hover:bg-danger-soft",
};

type Variant = keyof typeof variants;

/** A button's classes, for a link that looks like one. */
export function buttonClass(variant: Variant, className = ""): string {
  return `${base} ${variants[variant]} ${className}`;
}

interface ButtonProps extends ComponentProps<"button"> {
  variant?: Variant;
}

/** Set `aria-disabled` while an action is running: unlike `disabled`, it keeps the focus. */
export function Button({ variant = "primary", type = "button", className, ...props }: ButtonProps) {
  return <button type={type} className={buttonClass(variant, className)} {...props} />;
}
