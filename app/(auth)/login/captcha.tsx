"use client";

import { useEffect, useEffectEvent, useRef, useState } from "react";

export interface CaptchaSettings {
  scriptUrl: string;
  siteKey: string;
}

/** What the scripts of Turnstile, hCaptcha and reCAPTCHA have in common, each under its own name. */
interface Widget {
  render(place: HTMLElement, options: { sitekey: string; callback(token: string): void }): unknown;
}

type Providers = Partial<Record<"turnstile" | "hcaptcha" | "grecaptcha", Widget>>;

interface CaptchaProps extends CaptchaSettings {
  /** Called with the value of `captcha_token`. */
  onSolved(token: string): void;
}

/** The provider's own widget. Its script is loaded only when this is rendered. */
export function Captcha({ scriptUrl, siteKey, onSolved }: CaptchaProps) {
  const place = useRef<HTMLDivElement>(null);
  const solved = useEffectEvent(onSolved);
  const [blocked, setBlocked] = useState(false);

  useEffect(() => {
    const container = place.current;
    if (!container) return;
    // Providers refuse to render twice into the same element.
    const slot = document.createElement("div");
    container.replaceChildren(slot);
    let wanted = true;
    loadScript(scriptUrl)
      .then(() => {
        const { turnstile, hcaptcha, grecaptcha } = window as Providers;
        const widget = turnstile ?? hcaptcha ?? grecaptcha;
        if (!widget) throw new Error(`${scriptUrl} brings no widget.`);
        const callback = (token: string) => solved(token);
        if (wanted) widget.render(slot, { sitekey: siteKey, callback });
      })
      .catch((error: unknown) => {
        console.warn(error);
        if (wanted) setBlocked(true);
      });
    return () => {
      wanted = false;
    };
  }, [scriptUrl, siteKey]);

  return (
    <>
      <div ref={place} className={blocked ? "hidden" : "min-h-16"} />
      {blocked && (
        <p role="alert" className="text-sm text-danger">
          The captcha did not load. Your browser or an extension may block it: allow it on this
          page, then reload.
        </p>
      )}
    </>
  );
}

let loading: Promise<void> | undefined;

/** The page's policy trusts a script that a trusted script adds ('strict-dynamic'). */
function loadScript(url: string): Promise<void> {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = url;
    script.async = true;
    script.onload = () => resolve();
    script.onerror = () => {
      loading = undefined;
      reject(new Error(`${url} could not be loaded.`));
    };
    document.head.append(script);
  });
  return loading;
}
