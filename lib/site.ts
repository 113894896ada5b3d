/** Which hosts browsers take for one site: that decides which cookies travel between them. */

/** Under these everybody has a host of their own. The list of all is long; this one is Vercel's. */
const publicSuffixes = ["vercel.app", "now.sh"];

/** Whether a cookie with `Domain={domain}` is sent to `origin`, and taken from it. */
export function covers(domain: string, origin: string): boolean {
  const { hostname } = new URL(origin);
  const bare = domain.replace(/^\./, "").toLowerCase();
  return hostname === bare || hostname.endsWith(`.${bare}`);
}

/** Whether browsers refuse `domain` as the Domain of a cookie, because it belongs to many. */
export function isPublicSuffix(domain: string): boolean {
  return publicSuffixes.includes(domain.replace(/^\./, "").toLowerCase());
}

/**
 * Whether the two are of different sites for certain. (Without the whole Public Suffix List a.co.uk
 * and b.co.uk pass for one site. Nothing breaks for it, a mistake is only told of later.)
 */
export function areCrossSite(a: string, b: string): boolean {
  const [left, right] = [new URL(a), new URL(b)];
  return left.protocol !== right.protocol || siteOf(left.hostname) !== siteOf(right.hostname);
}

function siteOf(hostname: string): string {
  if (/^[\d.]+$|^\[/.test(hostname)) return hostname;
  const labels = hostname.split(".");
  return labels.slice(isPublicSuffix(labels.slice(-2).join(".")) ? -3 : -2).join(".");
}
