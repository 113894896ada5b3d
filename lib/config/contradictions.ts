/** Values that are right alone and wrong together: above all, what browsers drop without a word. */

import { appName } from "#lib/site.ts";
import { findPlainOrigin, isPlainLibsql, isPlainPostgres } from "./connections.ts";
import { type Config, type Environment, isLoopback } from "./index.ts";
import { areCrossSite, covers, isPublicSuffix } from "./same-site.ts";

/** Returns a sentence for each contradiction. */
export function contradictions(config: Config, environment: Environment): string[] {
  const { production, databaseUrl, appUrl, apiHost, apiProxyTarget, sessionsHere } = config;
  const { name, secure, sameSite, domain } = config.cookie;
  const captcha = ["SCRIPT_URL", "SITE_KEY", "VERIFY_URL", "SECRET"];
  const plain = appUrl.startsWith("http:") && !isLoopback(appUrl);
  const foreign = config.allowedOrigins.find(
    (other) => !config.ownOrigins.includes(other) && areCrossSite(appUrl, other),
  );
  return [
    captcha.some((part) => environment[`CAPTCHA_${part}`]) &&
      !config.captcha &&
      "CAPTCHA_SCRIPT_URL, CAPTCHA_SITE_KEY, CAPTCHA_VERIFY_URL and CAPTCHA_SECRET are not all set; a captcha takes all four, or none.",
    production &&
      plain &&
      `APP_URL is "${appUrl}"; in production it takes an https origin, because cookies and tokens would travel in the clear.`,
    config.vercel &&
      sessionsHere &&
      databaseUrl.startsWith("file:") &&
      `DATABASE_URL names a file; on Vercel it takes a database server (postgres:// or libsql://), because a function's files do not outlive it.`,
    production &&
      sessionsHere &&
      isPlainPostgres(databaseUrl, environment) &&
      "DATABASE_URL leads to another host and has no sslmode; in production it takes ?sslmode=verify-full, or ?sslmode=disable if nobody else is on that network, because passwords would travel in the clear.",
    config.databaseSchema !== undefined &&
      !/^postgres(ql)?:/.test(databaseUrl) &&
      "DATABASE_SCHEMA is set; it takes a Postgres DATABASE_URL, because SQLite has no schemas. There, a file of its own keeps the tables apart.",
    isPlainLibsql(databaseUrl) &&
      "DATABASE_URL has tls=0; for another host it takes no such parameter, because its token would travel in the clear.",
    production &&
      findPlainOrigin(config) &&
      !plain &&
      `ALLOWED_ORIGINS has ${findPlainOrigin(config)}; in production it takes https origins, because anyone on the network could call from there.`,
    apiHost &&
      apiProxyTarget &&
      `API_PROXY_TARGET is "${apiProxyTarget}"; with NEXT_PUBLIC_API_HOST it takes no value, because browsers either call the API themselves or through these pages.`,
    production &&
      apiProxyTarget?.startsWith("http:") &&
      !isLoopback(apiProxyTarget) &&
      `API_PROXY_TARGET is "${apiProxyTarget}"; in production it takes an https origin, because passwords would travel in the clear.`,
    apiHost.startsWith("http:") &&
      (production || appUrl.startsWith("https:")) &&
      !isLoopback(apiHost) &&
      `NEXT_PUBLIC_API_HOST is "${apiHost}"; it takes an https origin, because passwords would travel in the clear, and browsers let no https page call plain http.`,
    sameSite === "none" &&
      !secure &&
      'JWT_COOKIE_SECURE is "false"; with JWT_COOKIE_SAMESITE=none it takes true, because browsers drop such a cookie otherwise.',
    secure &&
      plain &&
      !production &&
      `JWT_COOKIE_SECURE is "true"; with APP_URL=${appUrl} it takes false, because browsers drop secure cookies that come over plain http.`,
    sameSite !== "none" &&
      foreign &&
      !isLoopback(appUrl) &&
      `JWT_COOKIE_SAMESITE is "${sameSite}"; with ${foreign} in ALLOWED_ORIGINS it takes none, because browsers send no other cookie from there to ${appUrl}. Or let those pages use API_PROXY_TARGET.`,
    domain !== undefined &&
      (!covers(domain, appUrl) || isPublicSuffix(domain)) &&
      `JWT_COOKIE_DOMAIN is "${domain}"; it takes a domain of your own that ${new URL(appUrl).hostname} belongs to, because browsers drop the cookie otherwise.`,
    /^__Host-/i.test(name) &&
      (!secure || domain !== undefined) &&
      `JWT_COOKIE_NAME is "${name}"; a name with __Host- takes JWT_COOKIE_SECURE=true and no JWT_COOKIE_DOMAIN, because browsers drop the cookie otherwise.`,
    production &&
      config.pagesUrl !== appUrl &&
      config.pagesUrl.startsWith("http:") &&
      !isLoopback(config.pagesUrl) &&
      `PAGES_URL is "${config.pagesUrl}"; in production it takes an https origin, because mailed links would travel in the clear.`,
    sessionsHere &&
      !config.mail &&
      config.emailVerificationRequired &&
      'EMAIL_VERIFICATION is "required"; without SMTP_URL it takes optional, because nobody could ever sign in.',
    sessionsHere &&
      !config.mail &&
      config.emailLogin &&
      'EMAIL_LOGIN is "on"; without SMTP_URL it takes off, because no link would arrive.',
    config.mail?.smtpUrl &&
      config.mail.from === "" &&
      `MAIL_FROM is not set; with SMTP_URL it takes an address such as ${appName} <no-reply@example.com>.`,
    /^__Secure-/i.test(name) &&
      !secure &&
      `JWT_COOKIE_NAME is "${name}"; a name with __Secure- takes JWT_COOKIE_SECURE=true, because browsers drop the cookie otherwise.`,
  ].filter((sentence): sentence is string => Boolean(sentence));
}
