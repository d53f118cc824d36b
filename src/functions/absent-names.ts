/**
 * Functions of PostgreSQL that are not here: calling one is a feature that is missing (0A000), not a name that nobody
 * knows (42883).
 */
const NAMES = `
  current_time
  abbrev acldefault area array_to_tsvector bound_box broadcast cash_words center current_query currtid2 cursor_to_xml
  cursor_to_xmlschema database_to_xml
  database_to_xml_and_xmlschema database_to_xmlschema diagonal diameter
  family get_current_ts_config
  height host hostmask inet_client_addr inet_client_port inet_merge
  inet_same_family inet_server_addr inet_server_port
  isclosed ishorizontal isopen isparallel isperp isvertical json_populate_record json_populate_recordset
  json_to_record json_to_recordset json_to_tsvector jsonb_populate_record jsonb_populate_recordset
  jsonb_to_record jsonb_to_recordset jsonb_to_tsvector line lo_close lo_creat lo_create lo_export
  lo_from_bytea lo_get lo_import lo_lseek lo_lseek64 lo_open lo_put lo_tell lo_tell64 lo_truncate lo_truncate64
  lo_unlink loread lowrite lseg macaddr8_set7bit makeaclitem masklen mxid_age
  netmask network npoints
  numnode oidvectortypes pg_advisory_lock
  pg_advisory_lock_shared pg_advisory_unlock pg_advisory_unlock_all pg_advisory_unlock_shared
  pg_advisory_xact_lock pg_advisory_xact_lock_shared pg_available_extension_versions pg_available_extensions
  pg_backup_start pg_backup_stop pg_blocking_pids pg_cancel_backend pg_collation_actual_version
  pg_column_compression pg_column_is_updatable pg_column_size pg_conf_load_time pg_config pg_control_checkpoint
  pg_control_init pg_control_recovery pg_control_system pg_copy_logical_replication_slot
  pg_copy_physical_replication_slot pg_create_logical_replication_slot pg_create_physical_replication_slot
  pg_create_restore_point pg_current_logfile pg_current_snapshot pg_current_wal_flush_lsn pg_current_wal_insert_lsn
  pg_current_wal_lsn pg_current_xact_id pg_current_xact_id_if_assigned pg_cursor
  pg_database_collation_actual_version pg_describe_object pg_drop_replication_slot
  pg_export_snapshot pg_extension_config_dump pg_extension_update_paths pg_filenode_relation
  pg_get_backend_memory_contexts pg_get_catalog_foreign_keys pg_get_keywords
  pg_get_multixact_members pg_get_object_address pg_get_publication_tables
  pg_get_replica_identity_index pg_get_replication_slots pg_get_shmem_allocations
  pg_get_statisticsobjdef_expressions pg_get_wal_replay_pause_state pg_get_wal_resource_managers pg_hba_file_rules
  pg_ident_file_mappings pg_identify_object pg_identify_object_as_address pg_import_system_collations
  pg_index_column_has_property pg_index_has_property pg_indexam_has_property pg_indexam_progress_phasename
  pg_is_wal_replay_paused pg_last_committed_xact pg_last_wal_receive_lsn pg_last_wal_replay_lsn
  pg_last_xact_replay_timestamp pg_listening_channels pg_lock_status pg_log_backend_memory_contexts
  pg_logical_emit_message pg_logical_slot_get_binary_changes pg_logical_slot_get_changes
  pg_logical_slot_peek_binary_changes pg_logical_slot_peek_changes pg_ls_archive_statusdir pg_ls_dir pg_ls_logdir
  pg_ls_logicalmapdir pg_ls_logicalsnapdir pg_ls_replslotdir pg_ls_tmpdir pg_ls_waldir
  pg_notification_queue_usage pg_notify pg_partition_root
  pg_postmaster_start_time pg_prepared_statement pg_prepared_xact pg_promote pg_read_binary_file
  pg_read_file pg_read_file_old pg_relation_filenode pg_relation_filepath pg_relation_is_updatable pg_reload_conf
  pg_replication_origin_advance pg_replication_origin_create pg_replication_origin_drop pg_replication_origin_oid
  pg_replication_origin_progress pg_replication_origin_session_is_setup pg_replication_origin_session_progress
  pg_replication_origin_session_reset pg_replication_origin_session_setup pg_replication_origin_xact_reset
  pg_replication_origin_xact_setup pg_replication_slot_advance pg_rotate_logfile pg_rotate_logfile_old
  pg_safe_snapshot_blocking_pids pg_sequence_parameters pg_settings_get_flags
  pg_show_all_file_settings pg_show_all_settings pg_show_replication_origin_status pg_sleep pg_sleep_for
  pg_sleep_until pg_snapshot_xip pg_snapshot_xmax pg_snapshot_xmin pg_stat_clear_snapshot pg_stat_file
  pg_stat_force_next_flush pg_stat_have_stats pg_stat_reset pg_stat_reset_replication_slot pg_stat_reset_shared
  pg_stat_reset_single_function_counters pg_stat_reset_single_table_counters pg_stat_reset_slru
  pg_stat_reset_subscription_stats pg_switch_wal pg_tablespace_databases
  pg_terminate_backend pg_timezone_abbrevs pg_timezone_names pg_try_advisory_lock
  pg_try_advisory_lock_shared pg_try_advisory_xact_lock pg_try_advisory_xact_lock_shared
  pg_visible_in_snapshot pg_wal_lsn_diff
  pg_wal_replay_pause pg_wal_replay_resume pg_walfile_name pg_walfile_name_offset pg_xact_commit_timestamp
  pg_xact_commit_timestamp_origin pg_xact_status phraseto_tsquery plainto_tsquery point query_to_xml
  query_to_xml_and_xmlschema query_to_xmlschema querytree radius
  schema_to_xml
  schema_to_xml_and_xmlschema schema_to_xmlschema set_config set_masklen setseed setweight slope strip table_to_xml
  table_to_xml_and_xmlschema table_to_xmlschema timeofday to_ascii
  to_tsquery to_tsvector ts_debug ts_delete ts_filter ts_headline ts_lexize ts_parse ts_rank ts_rank_cd ts_rewrite
  ts_stat ts_token_type tsquery_phrase txid_current_if_assigned
  txid_current_snapshot txid_snapshot_xip txid_snapshot_xmax txid_snapshot_xmin txid_status txid_visible_in_snapshot
  websearch_to_tsquery width xml_is_well_formed
  xml_is_well_formed_content xml_is_well_formed_document xmlagg xmlcomment xmlconcat xmlexists xmlforest xmlvalidate
  xpath xpath_exists
`

const ABSENT: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/))

export const isAbsentFunction = (name: string): boolean => ABSENT.has(name)

/** Operators over jsonpath, text search, networks, ranges and shapes. */
const OPERATORS: ReadonlySet<string> = new Set(
  '@@@ <<| |>> &<| |&> &< &> -|- ?# ?| ?- ?-| ?|| ## <-> <^ >^ ~= !! *= *<> *< *> *<= *>= <<= >>='.split(' '),
)

export const isAbsentOperator = (operator: string): boolean => OPERATORS.has(operator)
