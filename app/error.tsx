"use client";

import { Failure } from "#lib/ui/failure.tsx";

export default function ErrorPage() {
  return <Failure />;
}
