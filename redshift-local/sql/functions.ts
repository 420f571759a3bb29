/** functions that mean the same on both sides, or that `bootstrap` adds with Redshift's meaning; /n or /n-m arguments */
export const functions = arities(`
   count/0-1 sum/1 avg/1 min/1 max/1 stddev/1 stddev_samp/1 stddev_pop/1 variance/1 var_samp/1 var_pop/1 bool_and/1 bool_or/1 bit_and/1 bit_or/1
   any_value/1 median/1 string_agg listagg/1 rs_local_filled/1 rs_local_collect/1 rs_local_join_distinct/2 rs_local_hash/1 rs_local_hashes/1 rs_local_sketch/1 hll_cardinality/1 hll_combine/1 hll_combine_sketches/2 percentile_cont/1-2 percentile_disc/1-2
   row_number/0 rank/0 dense_rank/0 percent_rank/0 cume_dist/0 ntile/1 lag/1-2 lead/1-2 first_value/1 last_value/1 nth_value/2
   abs/1 ceil/1 ceiling/1 floor/1 round/1-2 trunc/1-2 mod/2 power/2 sqrt/1 exp/1 ln/1 log/1-2 sign/1 pi/0 radians/1 degrees/1
   sin/1 cos/1 tan/1 asin/1 acos/1 atan/1 atan2/2 cot/1 cbrt/1 random/0
   lower/1 upper/1 initcap/1 length/1 len/1 char_length/1 character_length/1 octet_length/1 btrim/1-2 ltrim/1-2 rtrim/1-2 trim/1-2
   lpad/2-3 rpad/2-3 left/2 right/2 replace/3 reverse/1 repeat/2 substring/2-3 substr/2-3 position/2 strpos/2 split_part/3 translate/3
   chr/1 ascii/1 quote_ident/1 quote_literal/1 regexp_replace/2-5 regexp_count/2-4 regexp_instr/2-6 regexp_substr/2-5
   soundex/1 difference/2 octetindex/2 bttext_pattern_cmp/2 text_to_int_alt/1 text_to_numeric_alt/1-3 crc32/1 checksum/1 murmur3_32_hash/1-2 getbit/2
   md5/1 sha1/1 sha2/2 fnv_hash/1-2 strtol/2 to_hex/1 from_hex/1 to_varbyte/2 from_varbyte/2
   to_char/2 date/1 to_date/2-3 to_timestamp/2-3 to_number/2 date_trunc/2 date_part/2 extract/2 timezone/2 overlaps
   getdate/0 dateadd/3 datediff/3 convert_timezone/2-3 add_months/2 last_day/1 next_day/2 months_between/2 date_part_year/1
   date_cmp/2 timestamp_cmp/2 date_cmp_timestamp/2 timestamp_cmp_date/2 date_cmp_timestamptz/2 timestamptz_cmp/2 timestamptz_cmp_date/2 timestamptz_cmp_timestamp/2 timestamp_cmp_timestamptz/2 interval_cmp/2 timeofday/0
   json_parse/1 json_serialize_to_varbyte/1 can_json_parse/1 is_valid_json/1 is_valid_json_array/1 json_array_length/1-2
   json_extract_path_text/2-6 json_extract_array_element_text/2-3
   json_typeof/1 json_size/1 get_array_length/1 is_array/1 is_object/1 is_scalar/1 is_varchar/1 is_boolean/1 is_smallint/1 is_integer/1 is_bigint/1 is_decimal/1 is_char/1 decimal_precision/1 decimal_scale/1 array_concat/2 array_contains/2-3 array_distinct/1 array_except/2-3 array_intersection/2-3 array_position/2-3 array_positions/2-3 array_sort/1-3 array_union/2 arrays_overlap/2 lower_attribute_names/1 upper_attribute_names/1 get_number_attributes/1 array_flatten/1 subarray/3 split_to_array/1-2 is_large_string_enabled/0
   current_schema/0 current_database/0 rs_local_current_schema/0 rs_local_current_database/0 current_setting/1-2 set_config/3 slice_num/0 pg_last_query_id/0 pg_last_copy_count/0 pg_last_unload_id/0 pg_last_unload_count/0 default_iam_role/0 db_collation/0 pg_backend_pid/0 pg_cancel_backend/1 pg_terminate_backend/1 pg_last_copy_id/0 pg_get_late_binding_view_cols/0 $path/1 $size/1 version/0
   user_is_member_of/2 role_is_member_of/2 has_table_privilege/2-3 has_schema_privilege/2-3 has_database_privilege/2-3
   rs_local_transform/4 rs_local_step/2 rs_local_elements/1 rs_local_elements_at/1 rs_local_attributes/1 rs_local_attributes_at/1 rs_local_first/1 rs_local_last/1 rs_local_nth/2 rs_local_back/2 rs_local_try_cast/3 rs_local_values/1 rs_local_interpolated/3 rs_local_percentile_disc/3
   rs_local_json_serialize rs_local_named/1 rs_local_json_path rs_local_super rs_local_concat/2 rs_local_item/1 rs_local_extract/2 rs_local_sysdate rs_local_user_id/0 rs_local_namespace/0 rs_local_account/0 jsonb_build_array jsonb_build_object`);

/** of the leader node: allowed where a statement asks the catalog only */
export const catalogFunctions = new Set(
  `format_type pg_get_expr pg_get_viewdef pg_get_userbyid rs_local_userbyid rs_local_viewdef pg_get_constraintdef rs_local_constraintdef pg_get_indexdef rs_local_indexdef pg_table_is_visible obj_description col_description
   current_schemas rs_local_current_schemas array_to_string now age isfinite pg_timezone_names pg_timezone_abbrevs format_encoding has_column_privilege
   pg_is_in_recovery pg_postmaster_start_time shobj_description isnull array_upper array_lower array_dims _pg_expandarray
   generate_series`.split(/\s+/),
);

/** of the leader node too, and refused where a statement reads a table of a user */
export const leaderFunctions = new Set(
  'current_schema rs_local_current_schema current_schemas rs_local_current_schemas has_table_privilege has_schema_privilege has_database_privilege'.split(
    ' ',
  ),
);

/** name -> fewest and most arguments */
function arities(names: string): Map<string, [number, number]> {
  const entries = names.split(/\s+/).filter(Boolean);
  return new Map(
    entries.map((entry) => {
      const [name = '', count] = entry.split('/');
      const [fewest, most = fewest] = (count ?? `0-${Number.MAX_SAFE_INTEGER}`).split('-').map(Number);
      return [name, [fewest ?? 0, most ?? 0]];
    }),
  );
}

/** in the list for what the rewriting emits; a statement may not say them */
export const emittedOnly = new Set(['string_agg', 'jsonb_build_array', 'jsonb_build_object']);

/** aggregates that need a frame when they are windows with an ORDER BY */
export const framed = new Set(
  'rs_local_first rs_local_last rs_local_nth rs_local_back rs_local_collect string_agg count sum avg min max stddev stddev_samp stddev_pop variance var_samp var_pop bool_and bool_or first_value last_value nth_value'.split(
    ' ',
  ),
);

export const operators = new Set(
  '+ - * / % ^ = <> != < > <= >= || ~ !~ ~* !~* ~~ !~~ ~~* !~~* |/ ||/ @ & | # << >>'.split(' '),
);

/** PostgreSQL's names of the types that a cast may reach after rewriting */
export const castTypes = new Set(
  'bool int2 int4 int8 numeric float4 float8 varchar bpchar date timestamp timestamptz time timetz interval jsonb bytea oid name regclass'.split(
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
    timezone: 'timezone',
    timezone_hour: 'timezone_hour',
    timezone_minute: 'timezone_minute',
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
