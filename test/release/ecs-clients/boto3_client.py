"""boto3: its waiters and paginators"""
import boto3

ecs = boto3.client("ecs")
logs = boto3.client("logs")
network = {"awsvpcConfiguration": {"subnets": ["subnet-0a"]}}
common = {"cluster": "default", "taskDefinition": "etl", "launchType": "FARGATE", "networkConfiguration": network}


def run(*does, **more):
    overrides = {"containerOverrides": [{"name": "main", "command": ["node", "task-program.mjs", *does]}]}
    return ecs.run_task(**common, overrides=overrides, **more)["tasks"][0]["taskArn"]


def ended(task):
    ecs.get_waiter("tasks_stopped").wait(cluster="default", tasks=[task], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    return ecs.describe_tasks(cluster="default", tasks=[task])["tasks"][0]


task = run("lines=30", "exit=4", clientToken="boto-once")
assert task == run("lines=30", "exit=4", clientToken="boto-once")
seen = ended(task)
assert seen["containers"][0]["exitCode"] == 4, seen
assert (seen["stopCode"], seen["stoppedAt"].year >= 2026) == ("EssentialContainerExited", True), seen

page = logs.get_log_events(logGroupName="/tasks", logStreamName=f"task/main/{task[-32:]}", startFromHead=True)
assert [event["message"] for event in page["events"]] == ['{"id":"%d"}' % n for n in range(30)], page

sleeper = run("polite", "out=begins", "sleep=60000", startedBy="boto")
ecs.get_waiter("tasks_running").wait(cluster="default", tasks=[sleeper], WaiterConfig={"Delay": 1, "MaxAttempts": 30})
pages = ecs.get_paginator("list_tasks").paginate(cluster="default", startedBy="boto")
assert [arn for page in pages for arn in page["taskArns"]] == [sleeper]
ecs.stop_task(cluster="default", task=sleeper, reason="enough")
assert ended(sleeper)["stoppedReason"] == "enough"

for wrong, error in [
    ({"cluster": "none"}, ecs.exceptions.ClusterNotFoundException),
    ({"taskDefinition": "none"}, ecs.exceptions.ClientException),
    ({"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}}, ecs.exceptions.InvalidParameterException),
]:
    try:
        ecs.run_task(**{**common, **wrong})
        raise SystemExit(f"{wrong} was to be refused")
    except error:
        pass
