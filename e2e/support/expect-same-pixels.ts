import { writeFile } from 'node:fs/promises';
import { expect, test, type BrowserContext } from '@playwright/test';

/** Of 255. The same shadow on another layer of the compositor comes out a shade lighter or darker. */
const SHADE_TOLERANCE = 24;

/** Fails unless two images are the same to the pixel, and then keeps both beside the test's results. */
export async function expectSamePixels(context: BrowserContext, name: string, before: Buffer, after: Buffer) {
  const changed = await countChangedPixels(context, before, after);
  if (changed > 0) {
    await writeFile(test.info().outputPath(`${name}-before.png`), before);
    await writeFile(test.info().outputPath(`${name}-after.png`), after);
  }
  expect(changed, `changed pixels of the ${name}`).toBe(0);
}

/** How many pixels of two PNG images of one size differ visibly in a channel. */
async function countChangedPixels(context: BrowserContext, before: Buffer, after: Buffer): Promise<number> {
  if (before.equals(after)) return 0;
  const page = await context.newPage();
  try {
    return await page.evaluate(
      async ({ images, tolerance }) => {
        const [first, second] = await Promise.all(
          images.map(async (base64) => {
            const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
            const bitmap = await createImageBitmap(new Blob([bytes]));
            const canvas = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')!;
            canvas.drawImage(bitmap, 0, 0);
            return canvas.getImageData(0, 0, bitmap.width, bitmap.height).data;
          }),
        );
        const changed = new Set<number>();
        first!.forEach((value, index) => {
          if (Math.abs(value - second![index]!) > tolerance) changed.add(index >> 2);
        });
        return changed.size;
      },
      { images: [before.toString('base64'), after.toString('base64')], tolerance: SHADE_TOLERANCE },
    );
  } finally {
    await page.close();
  }
}
