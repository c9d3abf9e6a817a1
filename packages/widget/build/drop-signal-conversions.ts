import type { Plugin } from 'vite';

/**
 * Signals can turn themselves into text and numbers, by methods that are assigned over those of `Object.prototype`: where
 * a page has frozen that, the assignment throws. Nobody here calls them. Fails the build if they are written otherwise.
 */
export function dropSignalConversions(): Plugin {
  return {
    name: 'salient:signal-conversions',
    apply: 'build',
    transform(code, id) {
      if (!id.includes('/signals-core/dist/')) return undefined;
      const conversion = /(?<=;)\w+\.prototype\.(valueOf|toString)=function\(\)\{return this\.value(\+"")?\};/g;
      if (code.match(conversion)?.length !== 2) throw new Error('signals have changed: see dropSignalConversions.');
      return { code: code.replace(conversion, ''), map: null };
    },
  };
}
