import type { Metadata } from "next";
import { LoggedOut } from "./logged-out.tsx";

export const metadata: Metadata = { title: "Signed out" };

export default async function LoggedOutPage() {
  return <LoggedOut />;
}
