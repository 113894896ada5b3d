"use client";

import { Failure } from "#lib/ui/site/failure.tsx";

export default function ErrorPage() {
  return <Failure />;
}
