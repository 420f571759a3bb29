/**
 * system views that nothing here has rows for, by the columns that AWS lists: a query of them runs. i integer, b bigint, f double precision,
 * n numeric, t timestamp, s text, s16 text of so many bytes; a letter goes for all names up to the next
 */
const columns: Record<string, string> = {
  stl_alert_event_log: 'i userid query slice segment step pid b xid s1024 event solution t event_time',
  stl_analyze:
    'i userid b xid s30 database i table_id s15 status f rows modified_rows i threshold_percent s1 is_auto t starttime endtime prevtime i num_predicate_cols new_predicate_cols s1 is_background s100 auto_analyze_phase s128 schema_name s136 table_name',
  stl_commit_stats:
    'b xid i node t startqueue startwork endflush endstage endlocal startglobal endtime b queuelen permblocks newblocks dirtyblocks headers i numxids b oldestxid extwritelatency i metadatawritten b tombstonedblocks tossedblocks batched_by',
  stl_connection_log:
    's50 event t recordtime s45 remotehost s32 remoteport i pid s50 dbname username s32 authmethod i duration s50 sslversion s128 sslcipher i mtu s64 sslcompression sslexpansion s36 iamauthguid s250 application_name s64 driver_version os_version s32 plugin_name i protocol_version s36 sessionid s16 compression',
  stl_delete: 'i userid query slice segment step t starttime endtime i tasknum b rows i tbl',
  stl_dist: 'i userid query slice segment step t starttime endtime i tasknum b rows bytes i packets',
  stl_error: 'i userid s12 process t recordtime i pid errcode s90 file i linenum s100 context s512 error',
  stl_explain: 'i userid query nodeid parentid s400 plannode info',
  stl_insert:
    'i userid query slice segment step t starttime endtime i tasknum b rows i tbl s1 inserted_mega_value use_staging_table',
  stl_plan_info: 'i userid query nodeid segment step locus plannode f startupcost totalcost b rows i bytes',
  stl_scan:
    'i userid query slice segment step t starttime endtime i tasknum b rows bytes fetches i type tbl s1 is_rrscan is_delayed_scan b rows_pre_filter rows_pre_user_filter s136 perm_table_name s1 is_rlf_scan i is_rlf_scan_reason num_em_blocks b checksum s1 runtime_filtering i scan_region num_sortkey_as_predicate row_fetcher_state b consumed_scan_ranges work_stealing_reason s1 is_vectorized_scan i is_vectorized_scan_reason b row_fetcher_reason topology_signature s1 use_tpm_partition is_rrscan_expr',
  stl_stream_segs: 'i userid query stream segment',
  stl_tr_conflict: 'b xact_id process_id t xact_start_ts abort_time b table_id',
  stl_undone: 'i userid b xact_id xact_id_undone t undo_start_ts undo_end_ts b table_id',
  stl_unload_log:
    'i userid query slice pid s1280 path t start_time end_time b line_count transfer_size s10 file_format',
  stl_utilitytext: 'i userid b xid i pid s320 label t starttime endtime i sequence s200 text',
  stl_vacuum:
    'i userid b xid i table_id s30 status b rows i sortedrows blocks max_merge_partitions t eventtime b reclaimable_rows reclaimable_space_mb cutoff_xid i is_recluster',
  stl_wlm_query:
    'i userid xid task query service_class slot_count t service_class_start_time queue_start_time queue_end_time b total_queue_time t exec_start_time exec_end_time b total_exec_time t service_class_end_time s16 final_state b est_peak_mem s20 query_priority s64 service_class_name',
  stv_active_cursors: 'i userid s256 name b xid i pid t starttime b row_count byte_count fetched_rows',
  stv_blocklist:
    'i slice col tbl blocknum num_values extended_limits b minvalue maxvalue i sb_pos pinned on_disk modified hdr_modified unsorted tombstone preferred_diskno temporary newblock num_readers flags',
  stv_partitions:
    'i owner host diskno b part_begin part_end i used tossed capacity b reads writes seek_forward seek_back i is_san failed mbps s256 mount',
  stv_wlm_query_queue_state: 'i service_class position task query slot_count t start_time b queue_time',
  stv_wlm_query_state:
    'i xid task query service_class slot_count t wlm_start_time s16 state b queue_time exec_time s20 query_priority',
  stv_wlm_query_task_state: 'i service_class task query slot_count t start_time b exec_time',
  svl_query_metrics_summary:
    'i userid query service_class b query_cpu_time query_blocks_read query_execution_time n query_cpu_usage_percent b query_temp_blocks_to_disk segment_execution_time n cpu_skew io_skew b scan_row_count join_row_count nested_loop_join_row_count return_row_count spectrum_scan_row_count spectrum_scan_size_mb query_queue_time s64 service_class_name',
  svl_query_queue_info:
    's database i query b xid i userid s querytxt t queue_start_time exec_start_time i service_class slots b queue_elapsed exec_elapsed wlm_total_elapsed commit_queue_elapsed commit_exec_time s64 service_class_name',
  svl_query_report:
    'i userid query slice segment step t start_time end_time b elapsed_time rows bytes s256 label s1 is_diskbased b workmem s1 is_rrscan is_delayed_scan b rows_pre_filter',
  svl_query_summary:
    'i userid query stm seg step b maxtime avgtime rows bytes f rate_row rate_byte s label s1 is_diskbased b workmem s1 is_rrscan is_delayed_scan b rows_pre_filter',
  svl_s3query_summary:
    'i userid query b xid i pid segment step t starttime endtime b elapsed i aborted s136 external_table_name s16 file_format s1 is_partitioned is_rrscan is_nested b s3_scanned_rows s3_scanned_bytes s3query_returned_rows s3query_returned_bytes i files files_max files_avg splits splits_max splits_avg b total_split_size max_split_size avg_split_size i total_retries max_retries max_request_duration avg_request_duration max_request_parallelism f avg_request_parallelism i total_slowdown_count max_slowdown_count',
  svl_stored_proc_call:
    'i userid session_userid query s320 label b xid i pid s32 database s500 querytxt t starttime endtime i aborted from_sp_call',
  svl_stored_proc_messages:
    'i userid session_userid pid b xid i query t recordtime i loglevel s15 loglevel_text s1024 message i linenum s500 querytxt s320 label i aborted b message_xid',
  svv_alter_table_recommendations: 's30 type s128 database i table_id group_id s1024 ddl s1 auto_eligible',
  svv_datashares:
    's share_name i share_id share_owner s source_database consumer_database share_type t createdate s1 is_publicaccessible s share_acl s16 producer_account s64 producer_namespace s managed_by',
  svv_interleaved_columns: 'i tbl col n interleaved_skew t last_reindex',
  svv_masking_policy:
    's policy_database policy_name input_columns policy_expression policy_modified_by t policy_modified_time',
  svv_mv_dependency: 's128 database_name schema_name name dependent_database_name dependent_schema_name dependent_name',
  svv_query_inflight: 'i userid slice query pid t starttime i suspended s100 text i sequence',
  svv_rls_policy: 's poldb polname polalias polatts polqual i polenabled s polmodifiedby t polmodifiedtime',
  svv_vacuum_progress: 's table_name status time_remaining_estimate',
  svv_vacuum_summary:
    's table_name b xid sort_partitions merge_increments elapsed_time row_delta sortedrow_delta i block_delta max_merge_partitions',
  svv_schema_quota_state: 'i schema_id s128 schema_name i schema_owner quota disk_usage f disk_usage_pct',
  sys_connection_log:
    's50 event t record_time s45 remote_host s32 remote_port i session_id s50 database_name user_name s32 auth_method i duration s50 ssl_version s128 ssl_cipher i mtu s64 ssl_compression ssl_expansion s36 iam_auth_guid s250 application_name s64 driver_version os_version s32 plugin_name i protocol_version s36 global_session_id',
  sys_query_detail:
    'i user_id b query_id i child_query_sequence stream_id segment_id step_id s step_name i table_id s136 table_name s1 is_rrscan t start_time end_time b duration s alert b input_bytes input_rows output_bytes output_rows blocks_read blocks_write local_read_io remote_read_io s source i data_skewness time_skewness s1 is_active b spilled_block_local_disk spilled_block_remote_disk s64 step_attribute',
  sys_serverless_usage:
    't start_time end_time f compute_seconds compute_capacity i data_storage cross_region_transferred_data b charged_seconds',
  sys_transaction_history:
    'i user_id b transaction_id s isolation_level status t transaction_start_time commit_start_time commit_end_time b blocks_committed undo_transaction_id',
  sys_unload_history:
    'i user_id b query_id transaction_id i session_id s database_name status t start_time end_time b duration s file_format compression_type unloaded_location b unloaded_rows unloaded_files_count unloaded_files_size s error_message',
};
const types: Record<string, string> = {
  i: 'integer',
  b: 'bigint',
  f: 'double precision',
  n: 'numeric(38, 2)',
  t: 'timestamp',
  s: 'varchar',
};

/** relations that a statement may name */
export const emptySystemViews = Object.keys(columns);

const kind = /^(?:[ibfnts]|s\d+)$/;

function viewOf(name: string): string {
  let type = '';
  const items: string[] = [];
  for (const word of (columns[name] ?? '').split(' ')) {
    if (kind.test(word)) type = types[word] ?? `char(${word.slice(1)})`;
    else items.push(`null::${type} as "${word}"`);
  }
  return `create view ${name} as select ${items.join(', ')} where false;`;
}

export const emptySystemViewsSql = `drop view if exists ${emptySystemViews.join(', ')} cascade;
${emptySystemViews.map(viewOf).join('\n')}`;
