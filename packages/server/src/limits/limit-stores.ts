/** Where limits may be counted, as app.yaml names it. */
export const LIMIT_STORES = ['auto', 'memory', 'redis', 'postgres'] as const;
