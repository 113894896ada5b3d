/**
 * Preloaded into a server, it moves the clock ahead by CLOCK_AHEAD seconds, which may be negative: a
 * laptop that was closed for days, an instance with a wrong clock, or data that was made in the past.
 */
const ahead = Number(process.env.CLOCK_AHEAD) * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  // Next wraps Date again, and copies only what is its own.
  static parse = RealDate.parse;
  static UTC = RealDate.UTC;

  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + ahead);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + ahead;
  }
};
