# the AWS command line, as in its documentation
set -e
field() { "$AWS" redshift-data "$@" --output text; }
id=$(field execute-statement --workgroup-name local --database postgres --sql "select :a::int + 1 as n" \
  --parameters name=a,value=41 --query Id)
until [ "$(field describe-statement --id "$id" --query Status)" = FINISHED ]; do sleep 0.2; done
[ "$(field get-statement-result --id "$id" --query 'Records[0][0].longValue')" = 42 ]
batch=$(field batch-execute-statement --workgroup-name local --database postgres --sqls "select 1" "select 2" --query Id)
until [ "$(field describe-statement --id "$batch" --query Status)" = FINISHED ]; do sleep 0.2; done
[ "$(field get-statement-result --id "$batch:2" --query 'Records[0][0].longValue')" = 2 ]
field list-statements --status ALL --query 'Statements[].Id' | grep -q "$id"
field list-schemas --workgroup-name local --database postgres --query Schemas | grep -q public
field list-tables --workgroup-name local --database postgres --schema-pattern information_schema --max-items 5 | grep -q information_schema
if field describe-statement --id 00000000-0000-0000-0000-000000000000 2>error.txt; then exit 1; fi
grep -q 'ResourceNotFoundException' error.txt
