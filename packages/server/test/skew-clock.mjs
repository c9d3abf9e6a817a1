// Preloaded into a server process (NODE_OPTIONS=--import): its clock is wrong by TEST_CLOCK_SKEW_MS.
const skewMs = Number(process.env['TEST_CLOCK_SKEW_MS'] ?? 0);
const RealDate = Date;

globalThis.Date = class extends RealDate {
  /** @param {ConstructorParameters<typeof RealDate>} parts */
  constructor(...parts) {
    if (parts.length === 0) super(RealDate.now() + skewMs);
    else super(...parts);
  }

  static now() {
    return RealDate.now() + skewMs;
  }
};
