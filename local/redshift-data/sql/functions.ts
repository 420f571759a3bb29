/** functions that mean the same on both sides, or that `bootstrap` adds with Redshift's meaning */
export const functions = new Set(
  `count sum avg min max stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or string_agg percentile_cont percentile_disc
   row_number rank dense_rank percent_rank cume_dist ntile lag lead first_value last_value nth_value
   abs ceil ceiling floor round trunc mod power sqrt exp ln log sign pi radians degrees sin cos tan asin acos atan atan2 cot cbrt random
   lower upper initcap length char_length character_length octet_length btrim ltrim rtrim trim lpad rpad left right replace reverse repeat
   substring substr position strpos split_part translate chr ascii md5 regexp_replace regexp_count regexp_instr regexp_substr
   to_char to_date to_timestamp to_number date_trunc date_part extract timezone overlaps
   getdate dateadd datediff convert_timezone add_months last_day
   json_parse rs_local_json_serialize json_extract_path_text is_valid_json can_json_parse
   len sha2 strtol to_hex quote_ident quote_literal current_schema current_database pg_backend_pid pg_last_copy_id $path $size
   rs_local_sysdate`
    .split(/\s+/)
    .filter(Boolean),
);

/** in the list for what the rewriting emits; a statement may not say them */
export const emittedOnly = new Set(['string_agg', 'rs_local_sysdate', 'timezone']);

/** aggregates that need a frame when they are windows with an ORDER BY */
export const framed = new Set(
  'count sum avg min max stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or first_value last_value nth_value'.split(
    ' ',
  ),
);

export const operators = new Set(
  '+ - * / % ^ = <> != < > <= >= || ~ !~ ~* !~* ~~ !~~ ~~* !~~* |/ ||/ @ & | # << >>'.split(' '),
);

/** what a cast may name; TEXT is VARCHAR(256) in a table, in a cast a plain VARCHAR */
export const castTypes = new Set(
  'bool int2 int4 int8 numeric float4 float8 varchar bpchar text date timestamp timestamptz time timetz interval'.split(
    ' ',
  ),
);

/** Redshift's spellings -> PostgreSQL's */
export const dateParts = new Map(
  Object.entries({
    millennium: 'millennium millennia mil mils',
    century: 'century centuries c cent cents',
    decade: 'decade decades dec decs',
    epoch: 'epoch',
    year: 'year years y yr yrs',
    quarter: 'quarter quarters qtr qtrs',
    month: 'month months mon mons',
    week: 'week weeks w',
    dow: 'dayofweek dow dw weekday',
    doy: 'dayofyear doy dy yearday',
    day: 'day days d',
    hour: 'hour hours h hr hrs',
    minute: 'minute minutes m min mins',
    second: 'second seconds s sec secs',
    milliseconds: 'millisecond milliseconds ms msec msecs msecond mseconds millisec millisecs millisecon',
    microseconds: 'microsecond microseconds microsec microsecs microsecond usecond useconds us usec usecs',
  }).flatMap(([part, names]) => names.split(' ').map((name) => [name, part] as const)),
);

/** names that Redshift takes only in quotes */
export const reserved = new Set(
  `aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary blanksasnull both bytedict
   bzip2 case cast check collate column constraint create credentials cross current_date current_time current_timestamp current_user
   current_user_id default deferrable deflate defrag delta delta32k desc disable distinct do else emptyasnull enable encode encrypt encryption
   end except explicit false for foreign freeze from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in
   initially inner intersect interval into is isnull join language leading left like limit localtime localtimestamp lun luns lzo lzop minus
   mostly16 mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps parallel
   partition percent permissions pivot placing primary raw readratio recover references respect rejectlog resort restore right select
   session_user similar snapshot some sysdate system table tag tdes text255 text32k then timestamp to top trailing true truncatecolumns union
   unique unnest unpivot user using verbose wallet when where with without`
    .split(/\s+/)
    .filter(Boolean),
);
