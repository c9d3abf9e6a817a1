-- A person may delete their own sign-in: the policy of `users` shows them no other.
GRANT DELETE ON "users" TO "salient_app";
