"""Airflow's hook and operator"""
from unittest.mock import MagicMock

from airflow.providers.amazon.aws.hooks.redshift_data import RedshiftDataHook, RedshiftDataQueryFailedError
from airflow.providers.amazon.aws.operators.redshift_data import RedshiftDataOperator

hook = RedshiftDataHook(aws_conn_id=None)
place = {"database": "postgres", "workgroup_name": "local", "poll_interval": 1}
opened = hook.execute_query(sql="create temp table flow (n integer)", session_keep_alive_seconds=60, **place)
hook.execute_query(sql="insert into flow values (1), (2)", session_id=opened.session_id, poll_interval=1)
done = hook.execute_query(sql="select sum(n) from flow", session_id=opened.session_id, poll_interval=1)
assert hook.conn.get_statement_result(Id=done.statement_id)["Records"] == [[{"longValue": 3}]]
assert hook.check_query_is_finished(done.statement_id)
try:
    hook.execute_query(sql="select 1/0", **place)
    raise SystemExit("a failure was expected")
except RedshiftDataQueryFailedError as error:
    assert "division by zero" in str(error)

operator = RedshiftDataOperator(
    task_id="both",
    sql=["select 1 as one", "select 41 + 1 as answer"],
    parameters=None,
    statement_name="airflow",
    return_sql_result=True,
    durable=False,
    aws_conn_id=None,
    **place,
)
# the task instance belongs to a scheduler, which is not here
results = operator.execute({"ti": MagicMock(stats_tags={})})
assert results[-1]["Records"] == [[{"longValue": 42}]], results
