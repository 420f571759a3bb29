#!/bin/sh
# makes or brings up to date Temporal's two databases; can be repeated. Reads SQL_* from the environment
set -eu
schema=/etc/temporal/schema/postgresql/v12
for database in temporal temporal_visibility; do
  folder=$schema/${database#temporal_}/versioned
  temporal-sql-tool --database "$database" create
  # refused where the schema has a version already
  temporal-sql-tool --database "$database" setup-schema --version 0.0 || true
  temporal-sql-tool --database "$database" update-schema --schema-dir "$folder"
done
