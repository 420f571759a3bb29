const databases = { temporal: 'temporal', temporal_visibility: 'visibility' };

/** makes both databases and brings their schemas to the version of the image; safe to repeat */
export const schemaScript = [
  'set -eu',
  ...Object.entries(databases).flatMap(([database, folder]) => [
    `temporal-sql-tool --database ${database} create`,
    // refused where the schema has a version already
    `temporal-sql-tool --database ${database} setup-schema -v 0.0 || true`,
    `temporal-sql-tool --database ${database} update-schema -d /etc/temporal/schema/postgresql/v12/${folder}/versioned`,
  ]),
].join('\n');
