/** of a server that lives as long as a stack or a test */
export const postgresSettings = {
  listen_addresses: '127.0.0.1',
  // sockets would need short paths and leave lock files in /tmp
  unix_socket_directories: '',
  max_connections: '200',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // the last moments may be lost when the machine stops, never the consistency
  synchronous_commit: 'off',
  wal_level: 'minimal',
  max_wal_senders: '0',
  // rows that a load writes are not pushed out by the next of them
  shared_buffers: '512MB',
  // joins and sorts of a load's keys
  work_mem: '32MB',
  // groups of two processes are sorted to be joined: slower than one that hashes
  max_parallel_workers_per_gather: '0',
  // values of COUNT(DISTINCT ...) alone are sorted, not rows that hold them
  enable_presorted_aggregate: 'off',
  // its own process writes the log of a load: by default it wakes after more than the buffers hold, and the load writes it itself
  wal_writer_delay: '20ms',
  // a load of a million rows needs no checkpoint
  max_wal_size: '2GB',
  checkpoint_timeout: '30min',
  // how long a statement waits for the table of autovacuum before that gives way
  deadlock_timeout: '100ms',
  log_min_messages: 'warning',
};
