-- Who a visitor says they are, and the keys that an account's own server vouches with.

-- CreateTable
CREATE TABLE "profiles" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "visitor_id" UUID NOT NULL,
    "field" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "verified" BOOLEAN NOT NULL,
    "collides" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "profiles_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "identity_keys" (
    "id" UUID NOT NULL DEFAULT gen_random_uuid(),
    "account_id" UUID NOT NULL,
    "kid" TEXT NOT NULL,
    "algorithm" TEXT NOT NULL,
    "sealed_secret" TEXT,
    "public_key" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "identity_keys_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "profiles_account_id_field_value_idx" ON "profiles"("account_id", "field", "value");

-- CreateIndex
CREATE UNIQUE INDEX "profiles_account_id_visitor_id_field_verified_key" ON "profiles"("account_id", "visitor_id", "field", "verified");

-- CreateIndex
CREATE UNIQUE INDEX "identity_keys_account_id_kid_key" ON "identity_keys"("account_id", "kid");

-- AddForeignKey
ALTER TABLE "profiles" ADD CONSTRAINT "profiles_account_id_visitor_id_fkey" FOREIGN KEY ("account_id", "visitor_id") REFERENCES "visitors"("account_id", "id") ON DELETE CASCADE ON UPDATE NO ACTION;

-- AddForeignKey
ALTER TABLE "identity_keys" ADD CONSTRAINT "identity_keys_account_id_fkey" FOREIGN KEY ("account_id") REFERENCES "accounts"("id") ON DELETE CASCADE ON UPDATE CASCADE;


-- From here on hand-written: what a Prisma schema cannot say.

ALTER TABLE "profiles"
  ADD CONSTRAINT "profiles_field_check" CHECK ("field" IN ('user_id', 'name', 'email', 'phone'));
-- A key is a secret shared with the account's server, or the public half of a pair; which of them its algorithm says.
ALTER TABLE "identity_keys"
  ADD CONSTRAINT "identity_keys_algorithm_check" CHECK ("algorithm" IN ('HS256', 'RS256', 'ES256')),
  ADD CONSTRAINT "identity_keys_key_check" CHECK (
    ("algorithm" = 'HS256') = ("sealed_secret" IS NOT NULL) AND ("algorithm" <> 'HS256') = ("public_key" IS NOT NULL));

DO $$
DECLARE
  tenant_table text;
BEGIN
  FOREACH tenant_table IN ARRAY ARRAY['profiles', 'identity_keys'] LOOP
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant_table);
    EXECUTE format($policy$
      CREATE POLICY "tenant" ON %I TO PUBLIC
        USING ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
        WITH CHECK ("account_id" = nullif(current_setting('app.account_id', true), '')::uuid)
    $policy$, tenant_table);
  END LOOP;
END $$;

GRANT SELECT, INSERT, UPDATE, DELETE ON "profiles" TO "salient_app";
GRANT SELECT, INSERT, UPDATE ON "identity_keys" TO "salient_app";
