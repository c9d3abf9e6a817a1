import { availableParallelism, cpus, totalmem, loadavg } from 'node:os';

/** One line about where the numbers come from. */
export function describeMachine() {
  const [processor] = cpus();
  const gibibytes = (totalmem() / 2 ** 30).toFixed(0);
  const [load = 0] = loadavg();
  return [
    `${availableParallelism()} cores (${processor?.model.trim() ?? 'unknown'})`,
    `${gibibytes} GiB`,
    `${process.platform} ${process.arch}`,
    `Node ${process.versions.node}`,
    `load before the run ${load.toFixed(1)}`,
  ].join(', ');
}
