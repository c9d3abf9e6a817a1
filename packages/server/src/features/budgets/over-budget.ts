import type { AgentConfig } from '../agents/index.ts';

/** What a visitor reads when a budget is spent: the owner's own words, where there are any. */
export function overBudgetMessage({ widget }: Pick<AgentConfig, 'widget'>): string {
  return widget.texts.budget_message ?? 'This assistant has answered as much as it may for now. Try again later.';
}
