import type { AppSettings } from '../../config.ts';
import type { Database } from '../../db/index.ts';
import type { Logger } from '../../log.ts';
import type { Limits } from '../../limits/index.ts';
import type { Metrics } from '../../metrics.ts';
import type { LastUsed } from '../agents/index.ts';
import type { PriceList } from '../usage/index.ts';
import type { LiveTurns } from './live-turns.ts';
import type { MirroredTurns } from './mirrored-turns.ts';
import type { ModelChoices } from './model-choices.ts';
import type { TurnRelay } from './turn-relay.ts';

/** What conversations need from the rest of the process. */
export interface ConversationDependencies {
  database: Database;
  models: ModelChoices;
  prices: PriceList;
  liveTurns: LiveTurns;
  /** Copies of the turns that other processes answer. */
  mirroredTurns: MirroredTurns;
  relay: TurnRelay;
  limits: Limits;
  limitSettings: AppSettings['limits'];
  lastUsed: LastUsed;
  log: Logger;
  metrics: Metrics;
  /** Names this process in leases. */
  processId: string;
  onDisconnect: 'continue' | 'abort';
  /** Answers under way at once, before new ones are refused. */
  maxLiveTurns: number;
  /** Aborted when the process is shutting down: no new turns. */
  draining: AbortSignal;
}
