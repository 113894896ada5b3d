"use client";

import { useEffect, useEffectEvent, useRef } from "react";

export interface CaptchaSettings {
  scriptUrl: string;
  siteKey: string;
}

/** What the scripts of Turnstile, hCaptcha and reCAPTCHA all offer, each under a name of its own. */
interface Widget {
  render(place: HTMLElement, options: { sitekey: string; callback(token: string): void }): unknown;
}

type Providers = Partial<Record<"turnstile" | "hcaptcha" | "grecaptcha", Widget>>;

interface CaptchaProps extends CaptchaSettings {
  /** Called with what the API takes as `captcha_token`. */
  onSolved(token: string): void;
}

/** The provider's own widget, loaded when it is needed and not before. */
export function Captcha({ scriptUrl, siteKey, onSolved }: CaptchaProps) {
  const place = useRef<HTMLDivElement>(null);
  const solved = useEffectEvent(onSolved);

  useEffect(() => {
    const container = place.current;
    if (!container) return;
    // Each render of the widget has a place of its own: providers refuse to render into one twice.
    const slot = document.createElement("div");
    container.replaceChildren(slot);
    let wanted = true;
    loadScript(scriptUrl).then(() => {
      const { turnstile, hcaptcha, grecaptcha } = window as Providers;
      const widget = turnstile ?? hcaptcha ?? grecaptcha;
      const callback = (token: string) => solved(token);
      if (wanted) widget?.render(slot, { sitekey: siteKey, callback });
    });
    return () => {
      wanted = false;
    };
  }, [scriptUrl, siteKey]);

  return <div ref={place} className="min-h-16" />;
}

let loading: Promise<void> | undefined;

/** A script that a trusted script adds is trusted as well ('strict-dynamic'). */
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
