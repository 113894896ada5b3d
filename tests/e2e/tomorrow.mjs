/** Preloaded into a server, it makes it live 24 hours later: the closed laptop of the main job. */
const day = 24 * 60 * 60 * 1000;
const RealDate = Date;

globalThis.Date = class extends RealDate {
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + day);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + day;
  }
};
