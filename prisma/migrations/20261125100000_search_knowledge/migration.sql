-- The passages of an agent's knowledge that a question is about, best first, and the titles of all it knows about:
--   {topics: [title], passages: [{documentTitle, url, section, content, coverage, headingCoverage, score}]}
-- coverage: the share of the question's terms that a passage contains, each counted by its rarity among the agent's
-- passages; headingCoverage: of those that stand in its title or heading. A question rarely shares all its words with a
-- passage, so any may match and the sum decides. Each passage is held against each term once.
--   p_search: {question, terms, headingWeight, introductionWeight, limit}; terms: the question without its filler words
CREATE FUNCTION "search_knowledge"(p_account_id uuid, p_agent_instance_id uuid, p_search jsonb)
RETURNS jsonb LANGUAGE plpgsql AS $$
DECLARE
  v_heading_weight float8 := (p_search -> 'headingWeight')::float8;
  v_introduction_weight float8 := (p_search -> 'introductionWeight')::float8;
  v_topics jsonb;
  v_passages jsonb := '[]';
BEGIN
  -- Without jit: compiling takes longer than all the rest.
  PERFORM set_config('role', 'salient_app', true), set_config('app.account_id', p_account_id::text, true),
    set_config('jit', 'off', true);
  SELECT coalesce(jsonb_agg(title ORDER BY source), '[]') INTO v_topics
    FROM knowledge_documents WHERE account_id = p_account_id AND agent_instance_id = p_agent_instance_id;
  IF v_topics <> '[]' THEN
    WITH passage AS MATERIALIZED (
      SELECT id, search_vector FROM knowledge_chunks
        WHERE account_id = p_account_id AND agent_instance_id = p_agent_instance_id
    ), term AS MATERIALIZED (
      SELECT lexeme, quote_literal(lexeme)::tsquery AS query, (quote_literal(lexeme) || ':AB')::tsquery AS heading_query
        FROM unnest(to_tsvector('english', p_search ->> 'terms'))
    ), hit AS MATERIALIZED (
      SELECT passage.id, term.lexeme, passage.search_vector @@ term.heading_query AS in_heading
        FROM term JOIN passage ON passage.search_vector @@ term.query
    ), weighed AS MATERIALIZED (
      SELECT lexeme, ln(1 + (SELECT count(*) FROM passage)::float8 / (1 + count(hit.id))) AS weight
        FROM term LEFT JOIN hit USING (lexeme) GROUP BY lexeme
    ), scored AS (
      SELECT hit.id, sum(weighed.weight) / (SELECT sum(weight) FROM weighed) AS coverage,
          coalesce(sum(weighed.weight) FILTER (WHERE hit.in_heading), 0) / (SELECT sum(weight) FROM weighed) AS heading_coverage
        FROM hit JOIN weighed USING (lexeme) GROUP BY hit.id
    ), whole AS MATERIALIZED (
      SELECT string_agg(quote_literal(lexeme), ' | ')::tsquery AS question FROM unnest(to_tsvector('english', p_search ->> 'question'))
    ), best AS (
      SELECT knowledge_documents.title, knowledge_documents.url, knowledge_chunks.section, knowledge_chunks.content,
          scored.coverage, scored.heading_coverage,
          scored.coverage + scored.heading_coverage
            * (v_heading_weight + CASE WHEN knowledge_chunks.section IS NULL THEN v_introduction_weight ELSE 0 END) AS score,
          ts_rank(knowledge_chunks.search_vector, whole.question)::float8 AS rank,
          knowledge_documents.source, knowledge_chunks.position
        FROM scored
        JOIN knowledge_chunks ON knowledge_chunks.id = scored.id
        JOIN knowledge_documents ON knowledge_documents.id = knowledge_chunks.document_id
        CROSS JOIN whole
        ORDER BY score DESC, rank DESC, source, position
        LIMIT (p_search -> 'limit')::integer
    )
    SELECT coalesce(jsonb_agg(jsonb_build_object('documentTitle', title, 'url', url, 'section', section, 'content', content,
          'coverage', coverage, 'headingCoverage', heading_coverage, 'score', score)
        ORDER BY score DESC, rank DESC, source, position), '[]')
      INTO v_passages FROM best;
  END IF;
  RETURN jsonb_build_object('topics', v_topics, 'passages', v_passages);
END $$;
