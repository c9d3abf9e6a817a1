const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** How many arrays and objects lie inside each other at the deepest place of a JSON text. Counts without parsing. */
export function depthOfJson(bytes: Uint8Array): number {
  let depth = 0;
  let deepest = 0;
  let inString = false;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index];
    if (byte === QUOTE) inString = !inString;
    else if (inString) index += byte === BACKSLASH ? 1 : 0;
    else if (isOpening(byte)) deepest = Math.max(deepest, (depth += 1));
    else if (isClosing(byte)) depth -= 1;
  }
  return deepest;
}

function isOpening(byte: number | undefined): boolean {
  return byte === 0x5b || byte === 0x7b;
}

function isClosing(byte: number | undefined): boolean {
  return byte === 0x5d || byte === 0x7d;
}
