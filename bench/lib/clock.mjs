// Every process of a run reads the same clock (CLOCK_MONOTONIC), so one can tell how long ago another wrote something.

const DIGITS = 5;
/** What a stamp can tell apart: about a minute. */
const SPAN_US = 36 ** DIGITS;

/** The length of a stamp, in characters. */
export const STAMP_LENGTH = DIGITS;

export function nowUs() {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1e6 + Math.floor(nanoseconds / 1e3);
}

/** The time as five letters and digits. */
export function stampNow() {
  return (nowUs() % SPAN_US).toString(36).padStart(DIGITS, '0');
}

/**
 * How long ago a stamp was made.
 *
 * @param {string} stamp
 * @param {number} atUs from `nowUs`
 */
export function ageOfStamp(stamp, atUs) {
  const age = (atUs % SPAN_US) - Number.parseInt(stamp, 36);
  return age < 0 ? age + SPAN_US : age;
}
