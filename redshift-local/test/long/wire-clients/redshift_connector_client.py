"""AWS's own driver, beneath dbt-redshift: prepared statements, binary results, batches, transactions"""
import os
from datetime import date, datetime
from decimal import Decimal

import redshift_connector

place = {"host": "127.0.0.1", "port": int(os.environ["PORT"]), "user": "anna", "database": "postgres", "ssl": False}

with redshift_connector.connect(password="Secret123", **place) as connection:
    cursor = connection.cursor()
    cursor.execute("create schema driven")
    cursor.execute(
        "create table driven.kinds (n integer, b bigint, d decimal(10, 2), f float8, s varchar(10), at timestamp,"
        " on_day date, ok boolean, j super, v varbyte)"
    )
    cursor.execute(
        "insert into driven.kinds select %s, %s, %s, %s, %s, %s, %s, %s, json_parse(%s), to_varbyte(%s, 'utf8')",
        (1, 2**40, "1.50", 2.5, "ä", "2022-11-24 10:00:00", "2022-11-24", True, '{"a": [1, 2]}', "abc"),
    )
    cursor.execute("select * from driven.kinds where n = %s", (1,))
    assert [column[0] for column in cursor.description] == ["n", "b", "d", "f", "s", "at", "on_day", "ok", "j", "v"]
    assert cursor.fetchall() == (
        [1, 2**40, Decimal("1.50"), 2.5, "ä", datetime(2022, 11, 24, 10), date(2022, 11, 24), True, '{"a":[1,2]}', "abc"],
    )
    cursor.executemany("insert into driven.kinds (n) values (%s)", [(n,) for n in range(2, 5)])
    connection.commit()
    cursor.execute("select n from driven.kinds order by n")
    assert cursor.fetchmany(2) == ([1], [2]) and cursor.fetchone() == [3]
    cursor.execute("update driven.kinds set n = n + 1")
    assert cursor.rowcount == 4
    connection.rollback()
    cursor.execute("select max(n) from driven.kinds")
    assert cursor.fetchone() == [4]
    for wrong, state, message in (
        ("select string_agg(s, ',') from driven.kinds", "42883", "string_agg"),
        ("select distinct on (n) n from driven.kinds", "0A000", "DISTINCT ON"),
        ("select 1/0", "22012", "division by zero"),
    ):
        try:
            cursor.execute(wrong)
            raise SystemExit(f"was not refused: {wrong}")
        except redshift_connector.ProgrammingError as error:
            assert error.args[0]["C"] == state and message in error.args[0]["M"], error
        connection.rollback()

try:
    redshift_connector.connect(password="wrong", **place)
    raise SystemExit("was let in")
except (redshift_connector.ProgrammingError, redshift_connector.InterfaceError, redshift_connector.OperationalError) as error:
    assert "password authentication failed" in str(error), error

# its own conveniences, on pandas
import pandas  # noqa: E402

with redshift_connector.connect(password="Secret123", **place) as connection:
    cursor = connection.cursor()
    cursor.execute("create table driven.frame (n integer, s varchar(10), d decimal(10, 2))")
    frame = pandas.DataFrame({"n": [1, 2, 3], "s": ["a", None, "ü"], "d": [Decimal("1.25"), Decimal("2.50"), None]})
    cursor.write_dataframe(frame, "driven.frame")
    connection.commit()
    cursor.execute("select n, s, d from driven.frame order by n")
    found = cursor.fetch_dataframe()
    assert list(found.columns) == ["n", "s", "d"], found.columns
    assert found["n"].tolist() == [1, 2, 3] and found["s"].tolist()[0] == "a", found
    # what it asks of the catalog
    assert [row[2] for row in cursor.get_tables(schema_pattern="driven")] == ["frame", "kinds"]
    assert [row[3] for row in cursor.get_columns(schema_pattern="driven", tablename_pattern="frame")] == ["n", "s", "d"]
    cursor.execute("create table driven.keyed (id integer, line integer, primary key (id, line))")
    assert [row[3:] for row in cursor.get_primary_keys(schema="driven", table="keyed")] == [
        ["id", 1, "keyed_pkey"],
        ["line", 2, "keyed_pkey"],
    ]
