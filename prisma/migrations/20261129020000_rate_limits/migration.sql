-- When each limit of each key will be full again, in microseconds since 1970 by this server's clock (packages/server/src/
-- limits/gcra.ts has the arithmetic). Unlogged: counting costs no write-ahead log, and after a crash every limit is full.
CREATE UNLOGGED TABLE "rate_limits" (
  "key" TEXT NOT NULL,
  "full_at_us" BIGINT NOT NULL,
  CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
) WITH (fillfactor = 50);

-- Only jobs and the statements below count; whoever serves an account has no business here.
GRANT SELECT, INSERT, UPDATE, DELETE ON "rate_limits" TO "salient_worker";

-- Not now(): a transaction may have waited for others since it began.
CREATE FUNCTION "clock_us"() RETURNS bigint LANGUAGE sql AS $$
  SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint
$$;

-- Undoes claims that were taken.
CREATE FUNCTION "give_back_limits"(p_claims jsonb) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  UPDATE rate_limits AS counted SET full_at_us = counted.full_at_us - claim."takesUs"
    FROM jsonb_to_recordset(p_claims) AS claim("key" text, "takesUs" bigint)
    WHERE counted.key = claim.key;
END $$;

-- Takes all claims, {key, takesUs, windowUs} each, or none. Answers {allowed, fullInUs: {key: microseconds}}.
CREATE FUNCTION "take_limits"(p_claims jsonb) RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_began bigint := clock_us();
  v_allowed boolean;
  v_with jsonb;
  v_without jsonb;
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  -- Takes first and looks then, when the rows are locked; by key, or two could wait for each other.
  WITH claimed AS (
    SELECT * FROM jsonb_to_recordset(p_claims) AS claim("key" text, "takesUs" bigint, "windowUs" bigint)
  ), counted AS (
    INSERT INTO rate_limits AS existing (key, full_at_us)
      SELECT key, v_began + "takesUs" FROM claimed ORDER BY key
      ON CONFLICT (key) DO UPDATE
        SET full_at_us = greatest(existing.full_at_us, clock_us()) + EXCLUDED.full_at_us - v_began
      RETURNING existing.key, existing.full_at_us
  ), standing AS (
    SELECT claimed.*, counted.full_at_us - clock_us() AS full_in FROM claimed JOIN counted USING (key)
  )
  SELECT coalesce(bool_and(full_in <= "windowUs"), true), coalesce(jsonb_object_agg(key, greatest(full_in, 0)), '{}'),
      jsonb_object_agg(key, greatest(full_in - "takesUs", 0))
    INTO v_allowed, v_with, v_without FROM standing;
  IF v_allowed THEN
    RETURN jsonb_build_object('allowed', true, 'fullInUs', v_with);
  END IF;
  PERFORM give_back_limits(p_claims);
  RETURN jsonb_build_object('allowed', false, 'fullInUs', v_without);
END $$;

-- Moves the moment of each {key, byUs} on, or back where it is below 0.
CREATE FUNCTION "correct_limits"(p_corrections jsonb) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
  v_began bigint := clock_us();
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  INSERT INTO rate_limits AS existing (key, full_at_us)
    SELECT key, v_began + "byUs" FROM jsonb_to_recordset(p_corrections) AS correction("key" text, "byUs" bigint) ORDER BY key
    ON CONFLICT (key) DO UPDATE
      SET full_at_us = greatest(existing.full_at_us, clock_us()) + EXCLUDED.full_at_us - v_began;
END $$;

-- Forgets limits that are full again, without waiting for those in use.
CREATE FUNCTION "forget_full_limits"() RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM set_config('role', 'salient_worker', true);
  DELETE FROM rate_limits WHERE key IN (
    SELECT key FROM rate_limits WHERE full_at_us < clock_us() FOR UPDATE SKIP LOCKED
  );
END $$;
