import { clockWords } from "#lib/format.ts";
import type { DecodedToken } from "./decode-token.ts";

/** Name and meaning, in reading order. */
const headerParts = [
  ["typ", "An access token by RFC 9068, and no other kind of JWT"],
  ["alg", "Signed with ECDSA on the curve P-256"],
  ["kid", "Which of the public keys verifies the signature"],
] as const;

const claims = [
  ["iss", "Who issued it"],
  ["aud", "Which API it is meant for"],
  ["client_id", "The application that asked for it"],
  ["sub", "You: the id of your account"],
  ["role", "What you may do"],
  ["sid", "Your session: on the blacklist, it ends this token too"],
  ["jti", "This one token"],
  ["auth_time", "When you proved who you are"],
  ["amr", "How you did: pwd is a password"],
  ["iat", "When it was issued"],
  ["exp", "When it expires"],
] as const;

const times = new Set(["auth_time", "iat", "exp"]);

/** The access token in words. Its rows are there before the token is, so the layout never shifts. */
export function TokenClaims({ token }: { token: DecodedToken | null }) {
  return (
    <>
      <Part title="Header" names={headerParts} values={token?.header} />
      <Part title="Claims" names={claims} values={token?.claims} />
      <p className="mt-5 border-t border-line pt-5 text-sm leading-relaxed text-muted">
        The signature is left out, and with it the token: this page shows what it says and never
        holds the token itself.
      </p>
    </>
  );
}

interface PartProps {
  title: string;
  names: readonly (readonly [name: string, meaning: string])[];
  values: Record<string, unknown> | undefined;
}

function Part({ title, names, values }: PartProps) {
  return (
    <>
      <h3 className="mt-6 mb-1 text-sm font-medium tracking-normal text-muted first:mt-0">
        {title}
      </h3>
      <dl className="divide-y divide-line">
        {names.map(([name, meaning]) => (
          <div key={name} className="grid gap-x-4 py-2.5 sm:grid-cols-[6.5rem_1fr]">
            <dt className="font-mono text-sm leading-6 text-accent-strong">{name}</dt>
            <dd className="min-w-0">
              <span className={`block font-mono text-sm leading-6 break-all ${height(name)}`}>
                {values ? inWords(name, values[name]) : "…"}
              </span>
              <span className="block text-sm text-muted">{meaning}</span>
            </dd>
          </div>
        ))}
      </dl>
    </>
  );
}

/** A thumbprint takes two lines in most windows, so two are reserved. */
function height(name: string): string {
  return name === "kid" ? "min-h-12" : "min-h-6";
}

function inWords(name: string, value: unknown): string {
  if (value === undefined) return "not there";
  if (times.has(name)) return `${value} · ${clockWords(Number(value) * 1000)}`;
  return Array.isArray(value) ? value.join(", ") : String(value);
}
