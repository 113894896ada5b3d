import { Ban, Cookie, KeyRound, type LucideIcon } from "lucide-react";
import { durationWords } from "#lib/format.ts";

interface HowItWorksProps {
  /** Seconds. */
  accessTokenLifetime: number;
  /** Seconds without use. */
  refreshTokenLifetime: number;
}

/** The three parts that the rest is made of. */
export function HowItWorks({ accessTokenLifetime, refreshTokenLifetime }: HowItWorksProps) {
  return (
    <ol className="grid gap-10 md:grid-cols-3 md:gap-8">
      <Part
        icon={KeyRound}
        name="Access token"
        facts={`in memory, ${durationWords(accessTokenLifetime * 1000)}`}
      >
        Signed, short-lived, and nowhere but in the page’s memory. It goes along with every call of
        the API.
      </Part>
      <Part
        icon={Cookie}
        name="Refresh cookie"
        facts={`sealed, ${durationWords(refreshTokenLifetime * 1000)}`}
      >
        No script can read it. It fetches the next access token, and a request that is lost or sent
        twice does no harm.
      </Part>
      <Part icon={Ban} name="Blacklist" facts="one row, at once">
        Signing out writes one row. From then on every token of that session is refused, on every
        server.
      </Part>
    </ol>
  );
}

interface PartProps {
  icon: LucideIcon;
  name: string;
  facts: string;
  children: string;
}

function Part({ icon: Icon, name, facts, children }: PartProps) {
  return (
    <li className="group relative">
      {/* The line that leads from each part to the next. */}
      <span
        aria-hidden="true"
        className="absolute top-6 right-0 left-16 hidden h-px bg-line group-last:hidden md:block"
      />
      <span className="grid size-12 place-items-center rounded-full bg-accent-soft text-accent-strong">
        <Icon size={20} strokeWidth={1.75} aria-hidden />
      </span>
      <h3 className="mt-4 text-lg">{name}</h3>
      <p className="mt-0.5 font-mono text-sm text-muted">{facts}</p>
      <p className="mt-3 leading-relaxed">{children}</p>
    </li>
  );
}
