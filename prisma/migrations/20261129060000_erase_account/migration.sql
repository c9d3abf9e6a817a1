-- An account's erasure takes away everything of it but its bills and its audit log.
GRANT DELETE ON "account_budgets", "agent_config_versions", "api_keys", "budget_counters", "notifications" TO "salient_app";
