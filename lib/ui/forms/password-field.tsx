"use client";

import { Eye, EyeOff } from "lucide-react";
import { type ComponentProps, type InputEvent, useState } from "react";
import { useHydrated } from "#lib/ui/use-hydrated.ts";
import { Field } from "./field.tsx";
import { PasswordStrength, type Typed } from "./password-strength.tsx";

/**
 * A password input with a button that shows its content, once scripts run. A new password's input
 * also shows its strength.
 */
export function PasswordField({
  name = "password",
  id = name,
  ...props
}: Omit<ComponentProps<typeof Field>, "type" | "name"> & { name?: string }) {
  const [shown, setShown] = useState(false);
  const [typed, setTyped] = useState<Typed>({ password: "", own: [] });
  const hydrated = useHydrated();
  const isNew = props.autoComplete === "new-password";
  const Icon = shown ? EyeOff : Eye;

  function onInput({ currentTarget: { value, form } }: InputEvent<HTMLInputElement>) {
    const others = new FormData(form ?? undefined);
    const own = ["name", "username", "email"].map((name) => String(others.get(name) ?? ""));
    setTyped({ password: value, own });
  }

  return (
    <div>
      <Field
        name={name}
        id={id}
        type={shown ? "text" : "password"}
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        required
        className="pr-12"
        {...(isNew && { onInput })}
        {...props}
      >
        {hydrated && (
          <button
            type="button"
            aria-controls={id}
            aria-pressed={shown}
            onClick={() => setShown(!shown)}
            className="absolute inset-y-0 right-0 grid w-11 place-items-center rounded-lg text-muted hover:text-ink"
          >
            <Icon size={18} aria-hidden />
            <span className="sr-only">Show password</span>
          </button>
        )}
      </Field>
      {isNew && hydrated && <PasswordStrength typed={typed} />}
    </div>
  );
}
