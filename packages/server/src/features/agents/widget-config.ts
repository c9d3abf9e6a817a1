import type { ProviderName, WidgetConfig } from '@salient/shared-types';
import type { AppSettings } from '../../config.ts';
import type { Agent } from './load-agent.ts';

/** What the widget needs to draw itself. Nothing about the visitor, so it may be cached. */
export function toWidgetConfig(agent: Agent, app: AppSettings, answeredBy: ProviderName): WidgetConfig {
  const { config } = agent;
  return {
    account: agent.accountSlug,
    agent: agent.slug,
    agent_type: config.agentType,
    display_name: config.displayName,
    title: config.widget.title,
    subtitle: config.widget.subtitle,
    greeting: config.widget.greeting,
    placeholder: config.widget.placeholder,
    starters: config.widget.starters,
    theme: config.widget.theme,
    accent: config.widget.accent,
    position: config.widget.position,
    radius: config.widget.radius,
    density: config.widget.density,
    label: config.widget.label,
    teaser: config.widget.teaser,
    preload: config.widget.preload,
    logo: config.widget.logo,
    avatar: config.widget.avatar,
    texts: config.widget.texts,
    consent: config.widget.consent,
    limits: { max_message_chars: app.chat.max_message_chars, history_limit: config.historyLimit },
    sse_enabled: app.ui.sse_enabled,
    answers_locally: answeredBy === 'local',
    image_hosts: config.widget.imageHosts,
    feature_flags: config.featureFlags,
  };
}
