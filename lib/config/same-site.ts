/** Which hosts browsers treat as one site; that decides which cookies travel between them. */

/**
 * Suffixes under which anyone can register a host. The complete list (https://publicsuffix.org) is
 * twice the size of this project, so these are the usual hosters and the most common countries.
 * A plain string, because the edge bundle leaves that out and would keep a Set.
 */
const publicSuffixes = `
  vercel.app now.sh netlify.app pages.dev workers.dev onrender.com fly.dev herokuapp.com github.io
  gitlab.io web.app firebaseapp.com run.app appspot.com azurewebsites.net azurestaticapps.net
  amplifyapp.com elasticbeanstalk.com cloudfront.net up.railway.app deno.dev surge.sh glitch.me
  replit.app repl.co stackblitz.io webcontainer.io codesandbox.io ngrok.io ngrok.app ngrok-free.app
  trycloudflare.com ondigitalocean.app koyeb.app northflank.app

  co.uk org.uk me.uk ltd.uk plc.uk ac.uk gov.uk com.au net.au org.au edu.au gov.au id.au
  co.nz net.nz org.nz co.za org.za co.jp ne.jp or.jp ac.jp go.jp co.kr or.kr co.in net.in org.in
  com.br net.br org.br com.ar com.mx com.co com.pe com.uy com.ve com.ec com.cn net.cn org.cn
  com.hk com.tw com.sg com.my com.ph com.vn co.th co.id or.id com.tr com.ua com.pl net.pl org.pl
  co.il org.il com.sa com.eg com.ng co.ke com.pk com.bd com.gr com.pt com.cy com.mt co.at or.at
`;

/** Whether browsers send a cookie with `Domain={domain}` to `origin`, and accept it from there. */
export function covers(domain: string, origin: string): boolean {
  const { hostname } = new URL(origin);
  return hostname === bare(domain) || hostname.endsWith(`.${bare(domain)}`);
}

/** Browsers ignore a leading dot (RFC 6265bis §5.7). */
function bare(domain: string): string {
  return domain.replace(/^\./, "").toLowerCase();
}

/** Whether browsers refuse `domain` as the Domain of a cookie, because many owners share it. */
export function isPublicSuffix(domain: string): boolean {
  return publicSuffixes.trim().split(/\s+/).includes(bare(domain));
}

/**
 * Whether two origins certainly belong to different sites. Under a suffix that is not listed above,
 * two sites count as one: a wrong configuration is then noticed later, and nothing else breaks.
 */
export function areCrossSite(a: string, b: string): boolean {
  const [left, right] = [new URL(a), new URL(b)];
  return left.protocol !== right.protocol || siteOf(left.hostname) !== siteOf(right.hostname);
}

function siteOf(hostname: string): string {
  if (/^[\d.]+$|^\[/.test(hostname)) return hostname;
  const labels = hostname.split(".");
  const suffix = [3, 2].find((length) => isPublicSuffix(labels.slice(-length).join("."))) ?? 1;
  return labels.slice(-suffix - 1).join(".");
}
