// `npm start`. Only requireNode may be imported statically: the rest does not even parse on an old Node.
import { requireNode } from './toolchain/require-node.mjs';

requireNode();
void import('./toolchain/start-server.mjs').then(function (module) {
  return module.startServer();
});
