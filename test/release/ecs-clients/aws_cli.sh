# the AWS CLI, as a person would use it
set -e
network='awsvpcConfiguration={subnets=[subnet-0a]}'
task=$("$AWS" ecs run-task --cluster default --task-definition etl --launch-type FARGATE \
  --network-configuration "$network" --overrides '{"containerOverrides":[{"name":"main","command":["node","task-program.mjs","out=from the CLI"]}]}' \
  --query 'tasks[0].taskArn' --output text)
"$AWS" ecs wait tasks-stopped --cluster default --tasks "$task"
test "$("$AWS" ecs describe-tasks --cluster default --tasks "$task" --query 'tasks[0].containers[0].exitCode')" = 0
"$AWS" logs get-log-events --log-group-name /tasks --log-stream-name "task/main/${task##*/}" --query 'events[].message' --output text | grep 'from the CLI'
"$AWS" ecs describe-task-definition --task-definition etl --query 'taskDefinition.family' --output text | grep etl
if "$AWS" ecs run-task --cluster default --task-definition etl --launch-type FARGATE 2> refused; then exit 1; fi
grep "Network Configuration must be provided when networkMode 'awsvpc' is specified" refused
