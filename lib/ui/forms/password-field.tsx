"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, useState } from "react";
import { useHydrated } from "#lib/ui/use-hydrated.ts";
import { Field } from "./field.tsx";

/** A password input that can be read back; the button is there once scripts can make it work. */
export function PasswordField(props: Omit<ComponentProps<typeof Field>, "type" | "name">) {
  const [shown, setShown] = useState(false);
  const hydrated = useHydrated();
  const Icon = shown ? EyeOff : Eye;
  return (
    <Field
      name="password"
      type={shown ? "text" : "password"}
      autoCapitalize="none"
      autoCorrect="off"
      spellCheck={false}
      required
      className="pr-12"
      {...props}
    >
      {hydrated && (
        <button
          type="button"
          aria-controls="password"
          aria-pressed={shown}
          onClick={() => setShown(!shown)}
          className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-muted hover:text-ink"
        >
          <Icon size={18} aria-hidden />
          <span className="sr-only">Show password</span>
        </button>
      )}
    </Field>
  );
}
