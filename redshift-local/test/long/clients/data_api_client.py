"""the package redshift-data-api, which always asks the database default_db"""
from redshift_data_api import Client

client = Client("cluster", username="anna")
frame = client.execute_query("select 1 as one, 'x' as name union all select 2, null order by 1", check_interval_seconds=0.1)
assert frame["one"].tolist() == [1, 2] and list(frame.columns) == ["one", "name"]
assert client.execute_query("create table if not exists public.t (n integer)", check_interval_seconds=0.1) is None
assert client.get_data("public.t").empty
assert Client("local", username="x").execute_query("select 3 as n", serverless=True, secretarn="arn:aws:secretsmanager:us-east-1:1:secret:s", check_interval_seconds=0.1)["n"].tolist() == [3]
try:
    client.execute_query("select 1/0", check_interval_seconds=0.1)
    raise SystemExit("a failure was expected")
except Exception as error:
    assert "division by zero" in str(error), error
