/** pg_proc oids of our functions, by id. */
export const PG_PROC_OIDS: Readonly<Record<string, number>> = {}
