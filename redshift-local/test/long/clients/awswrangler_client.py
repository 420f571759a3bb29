"""awswrangler's data_api: results as data frames, failures as exceptions"""
import awswrangler as wr

with wr.data_api.redshift.connect(workgroup_name="local", database="postgres") as connection:
    for sql in (
        "create table if not exists public.wrangled (id integer, name varchar(10), price decimal(6, 2), at date)",
        "insert into public.wrangled values (1, 'a', 1.25, '2022-11-24'), (2, null, null, null)",
    ):
        assert wr.data_api.redshift.read_sql_query(sql, con=connection).empty
    frame = wr.data_api.redshift.read_sql_query("select * from public.wrangled order by id", con=connection)
    assert list(frame.columns) == ["id", "name", "price", "at"]
    assert frame["id"].tolist() == [1, 2] and frame["name"].isna().tolist() == [False, True]
    found = wr.data_api.redshift.read_sql_query(
        "select name from public.wrangled where id = :id",
        con=connection,
        parameters=[{"name": "id", "value": "1"}],
    )
    assert found["name"].tolist() == ["a"]
    try:
        wr.data_api.redshift.read_sql_query("select nothing from public.wrangled", con=connection)
        raise SystemExit("a failure was expected")
    except Exception as error:
        assert "nothing" in str(error), error

with wr.data_api.redshift.connect(cluster_id="cluster", database="postgres", db_user="anna") as connection:
    assert wr.data_api.redshift.read_sql_query("select 1 as one", con=connection)["one"].tolist() == [1]
