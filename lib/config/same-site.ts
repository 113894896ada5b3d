/** Which hosts browsers take for one site: that decides which cookies travel between them. */

/**
 * Under these everybody has a host of their own. The list of all (https://publicsuffix.org) is twice
 * the size of this whole project; here are the usual hosters and the countries that one meets.
 */
const publicSuffixes = new Set(
  `
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
  `.match(/\S+/g),
);

/** Whether a cookie with `Domain={domain}` is sent to `origin`, and taken from it. */
export function covers(domain: string, origin: string): boolean {
  const { hostname } = new URL(origin);
  const bare = domain.replace(/^\./, "").toLowerCase();
  return hostname === bare || hostname.endsWith(`.${bare}`);
}

/** Whether browsers refuse `domain` as the Domain of a cookie, because it belongs to many. */
export function isPublicSuffix(domain: string): boolean {
  return publicSuffixes.has(domain.replace(/^\./, "").toLowerCase());
}

/**
 * Whether the two are of different sites for certain. (Under a suffix that is not listed above two
 * sites pass for one. Nothing breaks for it, a mistake is only told of later.)
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
