"""psycopg's cursors on the server: DECLARE, FETCH and CLOSE in a transaction"""
import os

import psycopg

place = f"host=127.0.0.1 port={os.environ['PORT']} dbname=postgres user=anna password=Secret123 sslmode=disable"
with psycopg.connect(place, client_encoding="utf8") as connection:
    with connection.cursor() as cursor:
        cursor.execute("create temp table numbers (n int)")
        cursor.execute("insert into numbers values (1), (2), (3), (4), (5)")
    with connection.cursor(name="five") as cursor:
        cursor.execute("select top 5 n, n * 2 as twice, twice + 1 from numbers order by n")
        assert cursor.fetchmany(2) == [(1, 2, 3), (2, 4, 5)]
        assert cursor.fetchall() == [(3, 6, 7), (4, 8, 9), (5, 10, 11)]
