import type { Subject } from "../load/operations.ts";
import { latchkey } from "./latchkey.ts";
import { limit } from "./limit.ts";

export const subjects: Record<string, Subject> = { latchkey, limit };
