"use client";

import { createContext, type ReactNode, useContext } from "react";

const CanMail = createContext(true);

/** Tells the components below whether this deployment can send email. */
export function CanMailProvider({ value, children }: { value: boolean; children: ReactNode }) {
  return <CanMail value={value}>{children}</CanMail>;
}

/** Whether to offer what needs email: a promise that nobody keeps is worse than none. */
export function useCanMail(): boolean {
  return useContext(CanMail);
}
