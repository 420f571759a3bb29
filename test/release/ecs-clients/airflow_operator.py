"""Airflow's EcsRunTaskOperator: done, failed, and its logs"""
from unittest.mock import MagicMock

from airflow.providers.amazon.aws.exceptions import EcsTaskFailToStart
from airflow.providers.amazon.aws.operators.ecs import EcsRunTaskOperator


def operator(task_id, *does, definition="etl"):
    return EcsRunTaskOperator(
        task_id=task_id,
        cluster="default",
        task_definition=definition,
        launch_type="FARGATE",
        overrides={"containerOverrides": [{"name": "main", "command": ["node", "task-program.mjs", *does]}]},
        network_configuration={"awsvpcConfiguration": {"subnets": ["subnet-0a"]}},
        awslogs_group="/tasks",
        awslogs_stream_prefix="task/main",
        awslogs_region="eu-central-1",
        awslogs_fetch_interval=__import__("datetime").timedelta(seconds=1),
        waiter_delay=1,
        waiter_max_attempts=30,
        region_name="eu-central-1",
        aws_conn_id=None,
        do_xcom_push=True,
    )


# the task instance belongs to a scheduler, which is not here
context = {"ti": MagicMock(stats_tags={}, key=MagicMock(primary=["dag", "task"])), "task_instance": MagicMock()}
assert operator("done", "out=first", "out=last").execute(context) == "last"
try:
    operator("failed", "err=no such table", "exit=3").execute(context)
    raise SystemExit("a failure was expected")
except Exception as error:
    assert "no such table" in str(error) or "exitCode': 3" in str(error), repr(error)
try:
    operator("absent", "exit=0", definition="absent").execute(context)
    raise SystemExit("a failure was expected")
except EcsTaskFailToStart as error:
    assert "CannotPullContainerError" in str(error), repr(error)
