-- Which of those who were erased a restored back-up has brought back: by id, for all accounts at once.
GRANT SELECT ("id", "account_id") ON "visitors" TO "salient_worker";
CREATE POLICY "worker" ON "visitors" TO "salient_worker"
  USING (current_user = 'salient_worker') WITH CHECK (current_user = 'salient_worker');
