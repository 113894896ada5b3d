import { config } from "#lib/config/index.ts";
import { appName, appTagline } from "#lib/site.ts";
import { HowItWorks } from "./how-it-works.tsx";
import { KeyDrawing } from "./key-drawing.tsx";
import { StartHere } from "./start-here.tsx";

export default async function HomePage() {
  const { accessTokenLifetime, refreshTokenLifetime } = config();
  return (
    <>
      <section className="flex items-center justify-between gap-12 sm:py-8">
        <div className="max-w-xl">
          <h1 className="text-4xl leading-[1.1] tracking-tight sm:text-5xl">
            Sign in once, and stay signed in.
          </h1>
          <p className="mt-6 mb-8 text-lg leading-relaxed text-muted">
            {appName} is {appTagline}: accounts, sessions and tokens, in route handlers that you can
            read. It keeps people signed in through lost requests, sleeping laptops and a dozen open
            tabs. And when they sign out, they are out at once.
          </p>
          <StartHere />
        </div>
        <KeyDrawing />
      </section>
      <section aria-labelledby="how" className="mt-14 border-t border-line pt-12 sm:mt-20">
        <h2 id="how" className="mb-8 text-2xl">
          How it works
        </h2>
        <HowItWorks
          accessTokenLifetime={accessTokenLifetime}
          refreshTokenLifetime={refreshTokenLifetime}
        />
      </section>
    </>
  );
}
