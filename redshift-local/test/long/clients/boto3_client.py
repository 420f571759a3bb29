"""boto3 as it comes: every operation, paginators, sessions, tokens, exceptions."""
import sys
import time

import boto3

client = boto3.client("redshift-data")
place = {"WorkgroupName": "local", "Database": "postgres"}


def ended(id):
    for _ in range(100):
        seen = client.describe_statement(Id=id)
        if seen["Status"] in ("FINISHED", "FAILED", "ABORTED"):
            return seen
        time.sleep(0.1)
    raise AssertionError(f"{id} did not end")


def run(sql, **more):
    where = {} if "SessionId" in more else place
    if isinstance(sql, list):
        return ended(client.batch_execute_statement(Sqls=sql, **where, **more)["Id"])
    return ended(client.execute_statement(Sql=sql, **where, **more)["Id"])


made = run(
    [
        "create schema boto",
        "create table boto.numbers (n integer not null, name varchar(20), price decimal(8, 2), big bigint, ok boolean)",
        "insert into boto.numbers values (1, 'one', 1.5, 9007199254740993, true), (2, null, null, null, null)",
    ]
)
assert made["Status"] == "FINISHED", made
assert [sub["Status"] for sub in made["SubStatements"]] == ["FINISHED"] * 3
assert made["SubStatements"][2]["ResultRows"] == 2

asked = run("select * from boto.numbers where n >= :low order by n", Parameters=[{"name": "low", "value": "1"}])
assert asked["HasResultSet"] and asked["ResultRows"] == 2 and asked["Duration"] > 0
result = client.get_statement_result(Id=asked["Id"])
assert result["Records"][0] == [
    {"longValue": 1},
    {"stringValue": "one"},
    {"stringValue": "1.50"},
    {"longValue": 9007199254740993},
    {"booleanValue": True},
], result["Records"]
assert result["Records"][1][1:] == [{"isNull": True}] * 4
assert [column["typeName"] for column in result["ColumnMetadata"]] == ["int4", "varchar", "numeric", "int8", "bool"]

fifty = " union all ".join(f"select {n} as n" for n in range(50))
many = run(f"select a.n * 50 + b.n as n from ({fifty}) a cross join ({fifty}) b")
assert many["Status"] == "FINISHED", many
pages = list(client.get_paginator("get_statement_result").paginate(Id=many["Id"]))
assert len(pages) == 3 and sorted(row[0]["longValue"] for page in pages for row in page["Records"]) == list(range(2500))

csv = run("select n, name from boto.numbers order by n", ResultFormat="CSV")
text = client.get_statement_result_v2(Id=csv["Id"])
assert text["Records"] == [{"CSVRecords": "n,name\r\n1,one\r\n2,\r\n"}], text

assert client.list_databases(**place)["Databases"] == ["default_db", "postgres"]
assert "boto" in client.list_schemas(**place)["Schemas"]
tables = [
    table
    for page in client.get_paginator("list_tables").paginate(**place, SchemaPattern="bo%", PaginationConfig={"PageSize": 1})
    for table in page["Tables"]
]
assert tables == [{"name": "numbers", "schema": "boto", "type": "TABLE"}], tables
columns = client.describe_table(**place, Schema="boto", Table="numbers")["ColumnList"]
assert [(one["name"], one["nullable"]) for one in columns][:2] == [("n", 0), ("name", 1)]

opened = run("create temp table mine (n integer)", SessionKeepAliveSeconds=60)
session = opened["SessionId"]
assert run("insert into mine values (7)", SessionId=session)["Status"] == "FINISHED"
assert client.list_sessions(SessionId=session)["Sessions"][0]["Status"] == "AVAILABLE"

token = {"ClientToken": "boto-1", "StatementName": "boto:named"}
first, second = (client.execute_statement(**place, Sql="select 1", **token)["Id"] for _ in range(2))
assert first == second
ended(first)
named = [
    one["Id"]
    for page in client.get_paginator("list_statements").paginate(StatementName="boto:", Status="ALL", RoleLevel=True)
    for one in page["Statements"]
]
assert named == [first]

failed = run("select 1/0")
assert failed["Status"] == "FAILED" and "division by zero" in failed["Error"]
for wrong, error in (
    (lambda: client.describe_statement(Id="00000000-0000-0000-0000-000000000000"), client.exceptions.ResourceNotFoundException),
    (lambda: client.execute_statement(Sql="select 1", Database="postgres"), client.exceptions.ValidationException),
    (lambda: client.get_statement_result(Id=made["Id"]), client.exceptions.ValidationException),
    (lambda: client.cancel_statement(Id=first), client.exceptions.ValidationException),
    (lambda: client.list_tables(**{**place, "Database": "nowhere"}), client.exceptions.DatabaseConnectionException),
):
    try:
        wrong()
    except error:
        continue
    sys.exit(f"{error} was expected")
