"""psycopg 3 on libpq: the extended protocol, pipelines, prepared statements, binary results, COPY refused"""
import os
from datetime import datetime
from decimal import Decimal

import psycopg

place = {"host": "127.0.0.1", "port": os.environ["PORT"], "user": "anna", "password": "Secret123", "dbname": "postgres"}

with psycopg.connect(**place) as connection:
    assert connection.info.server_version == 80002
    connection.execute("create table public.three (n integer, d decimal(10, 2), s varchar(10), at timestamp, j super)")
    row = "insert into public.three values (%s, %s, %s, %s, json_parse(%s))"
    with connection.cursor() as cursor:
        cursor.executemany(row, [(n, "1.5", "x", datetime(2022, 11, 24, 10), '{"a": 1}') for n in range(20)])
        assert cursor.rowcount == 20
    connection.commit()
    # prepared after the fifth time
    for n in range(8):
        found = connection.execute("select n, d, at from public.three where n = %s", (n,)).fetchone()
        assert found == (n, Decimal("1.50"), datetime(2022, 11, 24, 10)), found
    assert connection.execute("select n, s from public.three where n = 3", binary=True).fetchone() == (3, "x")
    try:
        connection.execute("select 1/0")
        raise SystemExit("a failure was expected")
    except psycopg.errors.DivisionByZero:
        pass
    try:
        connection.execute("select 1")
        raise SystemExit("the transaction goes on")
    except psycopg.errors.InFailedSqlTransaction:
        connection.rollback()
    with connection.transaction():
        connection.execute("truncate public.three")
    assert connection.execute("select count(*) from public.three").fetchone() == (0,)

with psycopg.connect(autocommit=True, **place) as connection:
    with connection.pipeline():
        first = connection.execute("select %s::integer", (1,))
        second = connection.execute("select %s::integer", (2,))
        assert (first.fetchone(), second.fetchone()) == ((1,), (2,))
    try:
        with connection.cursor().copy("copy public.three from stdin") as copy:
            copy.write("1")
        raise SystemExit("COPY FROM STDIN was not refused")
    except psycopg.errors.FeatureNotSupported:
        pass
    assert connection.execute("select 1").fetchone() == (1,)
