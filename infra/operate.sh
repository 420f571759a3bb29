#!/usr/bin/env bash
# runs a command of the image inside the network of a deployment on AWS, shows what it said, and ends with its exit code:
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

output() {
  local value
  value=$(aws cloudformation describe-stacks --stack-name "waterclock-$env-$1" \
    --query "Stacks[0].Outputs[?OutputKey=='$2'].OutputValue" --output text)
  [ -n "$value" ] || { echo "operate: waterclock-$env-$1 has no output $2: deploy it first" >&2 && exit 3; }
  echo "$value"
}

cluster=$(output workers Cluster)
family=$(output workers OperatorTask)
log=$(output workers OperatorLog)
subnets=$(output network TaskSubnets)
group=$(output network OperatorSecurityGroup)

definition=$(aws ecs describe-task-definition --task-definition "$family" \
  --query 'taskDefinition.containerDefinitions[?essential].name | [0]' --output text)
# each word becomes a JSON string: nothing of it is read by a shell
overrides=$(node -e 'console.log(JSON.stringify({ containerOverrides: [{ name: process.argv[1], command: process.argv.slice(2) }] }))' \
  -- "$definition" "$@")
task=$(aws ecs run-task --cluster "$cluster" --task-definition "$family" --launch-type FARGATE \
  --network-configuration "awsvpcConfiguration={subnets=[$subnets],securityGroups=[$group],assignPublicIp=DISABLED}" \
  --overrides "$overrides" --query 'tasks[0].taskArn' --output text)
id=${task##*/}
echo "operate: task $id" >&2

# the waiter of the AWS CLI gives up after ten minutes
until [ "$(aws ecs describe-tasks --cluster "$cluster" --tasks "$id" --query 'tasks[0].lastStatus' --output text)" = STOPPED ]; do
  sleep 5
done
aws logs filter-log-events --log-group-name "$log" --query "events[?contains(logStreamName, '$id')].message" --output text |
  tr '\t' '\n' || true
code=$(aws ecs describe-tasks --cluster "$cluster" --tasks "$id" \
  --query "tasks[0].containers[?name=='$definition'].exitCode | [0]" --output text)
case $code in
  None | '')
    aws ecs describe-tasks --cluster "$cluster" --tasks "$id" --query 'tasks[0].stoppedReason' --output text >&2
    exit 1
    ;;
esac
exit "$code"
