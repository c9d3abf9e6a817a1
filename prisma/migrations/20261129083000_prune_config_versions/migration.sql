-- Old versions of configurations are cleared, for all agents at once. Nobody else deletes one.
GRANT SELECT, DELETE ON "agent_config_versions" TO "salient_worker";
CREATE POLICY "worker" ON "agent_config_versions" TO "salient_worker"
  USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker');
