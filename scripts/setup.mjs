/** `npm run setup`: installs what is missing, and a newer Node.js where this one is too old. */
import { bootstrap } from "./lib/bootstrap.mjs";

bootstrap();
