import type { ComponentProps } from "react";
import { Field } from "./field.tsx";

export function EmailField(
  props: Omit<ComponentProps<typeof Field>, "name" | "label" | "type"> & { label?: string },
) {
  return <Field name="email" label="Email" type="email" autoComplete="email" required {...props} />;
}
