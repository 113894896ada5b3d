import type { Subject } from "../load/operations.ts";
import { betterAuth } from "./better-auth.ts";
import { latchkey } from "./latchkey.ts";
import { limit } from "./limit.ts";
import { nextAuth } from "./next-auth.ts";
import { simplejwt } from "./simplejwt.ts";

export const subjects: Record<string, Subject> = {
  latchkey,
  limit,
  "better-auth": betterAuth,
  "next-auth": nextAuth,
  simplejwt,
};
