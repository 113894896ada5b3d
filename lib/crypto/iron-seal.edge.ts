/** As iron-seal.ts, where there is WebCrypto only: iron-session itself. */
import { sealData } from "iron-session";

export async function ironSeal(value: object, id: string, password: string): Promise<string> {
  return sealData(value, { password: { [id]: password }, ttl: 0 });
}
