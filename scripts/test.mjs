// `npm test`. Only requireNode may be imported statically: the rest does not even parse on an old Node.
import { requireNode } from './toolchain/require-node.mjs';

requireNode();
void import('./toolchain/test-everything.mjs').then(function (module) {
  return module.testEverything();
});
