#!/usr/bin/env bash
# runs a command of waterclock inside the network of a deployment on AWS, shows what it said, and ends with its exit code:
# the one way to change anything there by hand. Needs the AWS CLI and a role that may operate.
#   npx waterclock-operate dev waterclock doctor          (in a clone: infra/operate.sh)
#   npx waterclock-operate prod waterclock backfill create orders --from 2026-03-01 --to 2026-03-02
set -euo pipefail

if [ $# -lt 2 ]; then
  sed -n '2,6s/^# *//p' "$0" >&2
  exit 2
fi
env=$1
shift
[ "$1" = waterclock ] && shift

output() {
  local value
  value=$(aws cloudformation describe-stacks --stack-name "waterclock-$env-$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text)
  [ -n "$value" ] || { echo "operate: waterclock-$env-$1 has no output $2: deploy it first" >&2 && exit 3; }
  echo "$value"
}

machine=$(output workers Operations)
log=$(output workers OperatorLog)

# each word becomes a JSON string: nothing of it is read by a shell
input=$(node -e 'console.log(JSON.stringify({ words: process.argv.slice(1) }))' -- "$@")
execution=$(aws stepfunctions start-execution --state-machine-arn "$machine" --input "$input" --query executionArn --output text)
echo "operate: execution ${execution##*:}" >&2

while [ "$(aws stepfunctions describe-execution --execution-arn "$execution" --query status --output text)" = RUNNING ]; do
  sleep 5
done
# the task as ECS describes it: in the output, or in the cause when it ended with another code than 0
ended=$(aws stepfunctions describe-execution --execution-arn "$execution" --query '[output, cause]' --output text)
id=$(printf '%s' "$ended" | sed -n 's/.*"TaskArn": *"[^"]*\/\([0-9a-f]*\)".*/\1/p' | head -n 1)
code=$(printf '%s' "$ended" | sed -n 's/.*"ExitCode": *\([0-9]*\).*/\1/p' | head -n 1)
if [ -z "$id" ] || [ -z "$code" ]; then
  printf 'operate: %s\n' "$ended" >&2
  exit 1
fi
aws logs filter-log-events --log-group-name "$log" --query "events[?contains(logStreamName, '$id')].message" --output text |
  tr '\t' '\n' || true
exit "$code"
