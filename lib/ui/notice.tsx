import type { ComponentProps } from "react";

const tones = {
  info: "border-line bg-sunken",
  success: "border-transparent bg-accent-soft text-accent-strong",
  danger: "border-transparent bg-danger-soft text-danger",
};

interface NoticeProps extends ComponentProps<"div"> {
  tone?: keyof typeof tones;
}

export function Notice({ tone = "info", className = "", ...props }: NoticeProps) {
  return (
    <div
      className={`rounded-lg border px-4 py-3 text-[0.9375rem] leading-relaxed ${tones[tone]} ${className}`}
      {...props}
    />
  );
}
