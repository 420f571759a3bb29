import { missing, refuse, type Rule } from './rule.js';

/** statements of Redshift that nothing here stands for, and those of PostgreSQL that Redshift has not */
export const elsewhere: Rule[] = [
  missing(
    'python function',
    /^create (or replace )?function .*\blanguage plpythonu\b/,
    'create function f_p (int) returns int stable as $$ return 1 $$ language plpythonu',
    'Python functions, which Redshift itself is giving up; write it in SQL',
  ),
  missing(
    'data share',
    /^((create|alter|drop|desc) datashare|create database .* from (arn|integration|datashare))\b/,
    'create datashare d',
    'data shares and integrations',
  ),
  missing(
    'model',
    /^(create|drop) model\b/,
    'create model m from t target a function f iam_role default',
    'Redshift ML',
  ),
  missing(
    'policy',
    /^((create|alter|drop|attach|detach) (rls|masking) policy|explain (rls|masking))\b/,
    'create rls policy p with (a int) using (a = 1)',
    'row-level and masking policies',
  ),
  missing(
    'library',
    /^((create|drop) library|(create|drop|alter) (or replace )?external |create identity provider|alter identity provider|drop identity provider)\b/,
    'create library l language plpythonu',
    'libraries, external functions and identity providers',
  ),
  missing(
    'analyze compression',
    /^analy[sz]e compression\b/,
    'analyze compression t',
    'ANALYZE COMPRESSION; nothing is compressed here',
  ),
  missing('cancel', /^cancel\b/, 'cancel 1234', 'CANCEL; use CancelStatement of the Data API'),
  missing(
    'alter system',
    /^alter (database|system|function)\b/,
    "alter system set data_catalog_auto_mount = 'on'",
    'ALTER SYSTEM, ALTER FUNCTION and integrations of databases',
  ),
  missing('use', /^use\b/, 'use d', 'USE; name the database with the request'),
  missing('copy job', /^(copy job|alter copy job)\b/, 'copy job list', 'copy jobs'),
  refuse(
    'create index',
    /^(create (unique )?index|drop index|alter index|reindex|cluster)\b/,
    'create index i on t (a)',
    'Redshift has no indexes: use SORTKEY',
  ),
  refuse(
    'sequence',
    /^(create|alter|drop) (temp |temporary )?sequence\b/,
    'create sequence q',
    'Redshift has no sequences: use IDENTITY',
  ),
  refuse(
    'trigger',
    /^(create|alter|drop) (or replace )?(constraint |event )?trigger\b/,
    'create trigger g before insert on t execute procedure p()',
    'Redshift has no triggers',
  ),
  refuse(
    'type',
    /^(create|alter|drop) (type|domain)\b/,
    "create type e as enum ('a')",
    'Redshift has no types or domains of users',
  ),
  refuse('extension', /^(create|alter|drop) extension\b/, 'create extension hstore', 'Redshift has no extensions'),
  refuse(
    'tablespace',
    /^(create|alter|drop) tablespace\b/,
    "create tablespace s location '/x'",
    'Redshift has no tablespaces',
  ),
  refuse(
    'create function language',
    /^create (or replace )?function\b/,
    'create function f_p (int) returns int stable as $$ begin return 1; end $$ language plpgsql',
    'a function is written in SQL: CREATE FUNCTION f_name (types) RETURNS type IMMUTABLE AS $$ SELECT ... $$ LANGUAGE sql',
  ),
  refuse(
    'of PostgreSQL',
    /^((create|alter|drop) (or replace )?(aggregate|rule|operator|collation|conversion|cast|text search|statistics|publication|subscription|server|foreign|policy|language|access method)|do|listen|notify|unlisten|discard|checkpoint|load|security|import|reassign|move|table)\b/,
    'do $$ begin end $$',
    'this statement of PostgreSQL is not in Redshift',
  ),
];
