/**
 * What people sign in with has several spellings, and each has one canonical form. The database keeps
 * that form's lower case as the key, so two spellings are never two accounts. Safe for the browser.
 */

/**
 * Returns the canonical form of a username or an email address: NFKC, trimmed, and with an
 * international domain in ASCII (UTS #46), as browsers' email fields send it. The case is kept.
 *
 * @example
 * canonicalIdentifier("Ada@bücher.example") // "Ada@xn--bcher-kva.example"
 * canonicalIdentifier("zoë") // "zoë"
 */
export function canonicalIdentifier(typed: string): string {
  const text = typed.normalize("NFKC").trim();
  const at = text.lastIndexOf("@");
  return at < 0 ? text : text.slice(0, at + 1) + asciiDomain(text.slice(at + 1));
}

/** Usernames are compared by this (RFC 8265 §3.3 maps case in the same way). */
export function usernameKey(username: string): string {
  return canonicalIdentifier(username).toLowerCase();
}

/** Everything that could be read as another part of a URL, or that no host name has. */
const noHostName = /[^\P{ASCII}a-z\d.-]/iu;

/** Returns `domain` as it is where it is ASCII already, or no domain. */
function asciiDomain(domain: string): string {
  if (/^\p{ASCII}*$/u.test(domain) || noHostName.test(domain)) return domain;
  try {
    return new URL(`http://${domain}`).hostname;
  } catch {
    return domain;
  }
}
