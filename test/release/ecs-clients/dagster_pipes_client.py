"""Dagster's PipesECSClient: what the program reports and logs by CloudWatch, its exit code, and a task that cannot start"""
import sys

from dagster import AssetExecutionContext, DagsterInstance, asset, materialize
from dagster_aws.pipes import PipesCloudWatchMessageReader, PipesECSClient

counts = """
from dagster_pipes import open_dagster_pipes
with open_dagster_pipes() as pipes:
    pipes.log.info("reads the orders")
    pipes.report_asset_materialization(metadata={"rows": pipes.get_extra("rows")})
"""


def run(program, definition="etl"):
    @asset
    def orders(context: AssetExecutionContext):
        client = PipesECSClient(message_reader=PipesCloudWatchMessageReader())
        overrides = {"containerOverrides": [{"name": "main", "command": [sys.executable, "-c", program]}]}
        return client.run(
            context=context,
            extras={"rows": 3},
            waiter_config={"Delay": 1, "MaxAttempts": 60},
            run_task_params={
                "cluster": "default",
                "taskDefinition": definition,
                "launchType": "FARGATE",
                "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a"]}},
                "overrides": overrides,
            },
        ).get_materialize_result()

    instance = DagsterInstance.ephemeral()
    result = materialize([orders], instance=instance, raise_on_error=False)
    lines = [record.event_log_entry.user_message for record in instance.event_log_storage.get_records_for_run(result.run_id).records]
    return result, lines


done, lines = run(counts)
assert done.success, lines
[made] = done.asset_materializations_for_node("orders")
assert made.metadata["rows"].value == 3, made
assert "ECS" in " ".join(made.metadata), made
assert any("reads the orders" in line for line in lines), lines

failed, lines = run("raise SystemExit(3)")
[failure] = failed.get_step_failure_events()
assert "non-zero exit code" in str(failure.step_failure_data.error), failure

absent, lines = run(counts, definition="absent")
[failure] = absent.get_step_failure_events()
assert "CannotPullContainerError" in str(failure.step_failure_data.error), failure
