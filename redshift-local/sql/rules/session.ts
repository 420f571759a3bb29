import { defaultPrivileges, grant, grantRole } from '../statements/grant.js';
import { scopedGrant } from '../statements/scoped-grant.js';
import { cursor } from '../statements/cursor.js';
import { prepared } from '../statements/prepared.js';
import { principal } from '../statements/principals.js';
import { systemPermissions } from '../statements/system-permissions.js';
import { showObjects } from '../statements/show.js';
import { showGrants } from '../statements/show-grants.js';
import { resetSetting, setSetting, showSetting } from '../settings.js';
import { transactionControl } from '../transaction-control.js';
import { authorization } from '../statements/authorization.js';
import { honour, missing, refuse, rewrite, type Rule } from './rule.js';

/** who may do what, and the session's own state */
export const session: Rule[] = [
  rewrite('grant role', /^(grant|revoke (admin option for )?) ?role /, 'grant role r to role s', grantRole),
  rewrite(
    'grant of the system',
    /^(grant|revoke) ((create|alter|drop|access|explain|ignore|truncate) (user|role|table|schema|model|datashare|library|system|rls|masking|or|default|catalog|function|procedure|view)|vacuum|analyze|cancel)\b/,
    'grant create user, create or replace view to role r',
    systemPermissions,
  ),
  missing(
    'grant elsewhere',
    /^(grant|revoke) .*\b(on (language|datashare|model|copy job|external|identity|column)|assumerole)\b/,
    'grant usage on language sql to u',
    'languages, data shares, models and IAM roles are not granted here',
  ),
  rewrite(
    'scoped grant',
    /^(grant|revoke) .*\bfor (tables|functions|procedures|schemas|languages|copy jobs|templates) in\b/,
    'grant select for tables in schema s to role r',
    scopedGrant,
  ),
  rewrite('grant', /^(grant|revoke) /, 'grant select, drop on s.t to role r', grant),
  rewrite(
    'default privileges',
    /^alter default privileges /,
    'alter default privileges in schema s grant select on tables to group g',
    defaultPrivileges,
  ),
  rewrite(
    'principal',
    /^(create|alter|drop) (user|group|role) /,
    "create user u password 'Secret123' in group g",
    principal,
  ),
  rewrite(
    'transaction control',
    /^(begin|start transaction|commit|end|rollback|abort|savepoint|release)\b/,
    'begin read only',
    transactionControl,
  ),
  rewrite('prepared statement', /^(prepare|execute|deallocate)\b/, 'prepare p (int) as select $1', prepared),
  rewrite('cursor', /^(declare|fetch|close) /, 'declare c cursor for select top 5 a from t', cursor),
  rewrite(
    'set authorization',
    /^(set( local)?|reset) session authorization\b/,
    'set session authorization u',
    authorization,
  ),
  refuse(
    'set role',
    /^(set|reset) (session |local )?role\b/,
    'set role r',
    'Redshift has no SET ROLE: a user has the rights of all its roles',
  ),
  rewrite('set', /^set\b/, 'set search_path to s', setSetting),
  rewrite('reset', /^reset\b/, 'reset query_group', resetSetting),
  rewrite(
    'show objects',
    /^show (databases|schemas|tables?|columns|constraints|view)\b/,
    'show tables from schema d.s',
    showObjects,
  ),
  honour(
    'show grants',
    /^show grants (on (?!function|database|template)|for (?!public))/,
    'show grants on table s.t',
    showGrants,
  ),
  missing(
    'show',
    /^show (external table|procedures?|functions?|grants|datashares|model|parameters|policies|column grants|copy job)\b/,
    'show procedure s.p(int)',
    'this SHOW; ask svv_columns, svv_tables',
  ),
  honour('show setting', /^show ([^ ]+( \. [^ ]+)?|transaction isolation level)$/, 'show search_path', showSetting),
];
