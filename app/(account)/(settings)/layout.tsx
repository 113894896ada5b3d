import type { ReactNode } from "react";
import { SettingsNav } from "#lib/ui/account/settings-nav.tsx";

export default function SettingsLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <SettingsNav />
      {children}
    </>
  );
}
