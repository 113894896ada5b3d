/** URLs that carry a password: DATABASE_URL and SMTP_URL. Drivers explain badly what is wrong in one. */

/** What such a URL must look like, for a sentence that begins "it takes". */
export const readableUrl =
  "one host, and a user name and password in which special characters are percent-encoded (# is %23, / is %2F, ? is %3F, @ is %40, % is %25)";

/**
 * Whether every driver reads the URL as its author meant it. A `#`, `/` or `?` in a password ends the
 * host early, and the rest of the password would pass for a path.
 */
export function isReadable(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { username, password, hostname, pathname, search, hash } = new URL(value);
  const misplaced = username === "" && search.includes("@");
  if (hash || misplaced || pathname.includes("@") || hostname.includes(",")) return false;
  return [username, password, pathname].every(isDecodable);
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

/**
 * What may be shown of a value: the scheme and host of a URL without a user, and of others at most the
 * scheme. Whoever mixes up two lines of a `.env` file must not find a password in the log
 * (brianc/node-postgres#3145).
 */
export function shown(value: string): string | undefined {
  const [, scheme, host, rest] =
    /^([a-z][a-z0-9+.-]{0,20}:\/\/)([a-z0-9.*-]*)(?=$|[/:])(.*)$/i.exec(value) ?? [];
  if (scheme === undefined || rest === undefined) return undefined;
  if (rest.includes("@")) return `${scheme}…`;
  return scheme + host + (/^\/?$/.test(rest) ? rest : "…");
}
