"""SQLAlchemy's dialect of Redshift: its queries as it connects, tables that it makes and fills"""
import os

import sqlalchemy as sa

url = sa.engine.URL.create(
    "redshift+redshift_connector", "anna", "Secret123", "127.0.0.1", int(os.environ["PORT"]), "postgres"
)
engine = sa.create_engine(url, connect_args={"ssl": False})
metadata = sa.MetaData()
orders = sa.Table(
    "orders",
    metadata,
    sa.Column("id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(20)),
    redshift_sortkey="id",
    redshift_distkey="id",
    schema="public",
)
with engine.begin() as connection:
    orders.create(connection)
    connection.execute(orders.insert(), [{"id": 1, "name": "a"}, {"id": 2, "name": None}])
    found = connection.execute(sa.select(orders.c.id, orders.c.name).where(orders.c.id > 0).order_by(orders.c.id))
    assert [tuple(row) for row in found] == [(1, "a"), (2, None)]
    assert connection.execute(sa.select(sa.func.count()).select_from(orders)).scalar() == 2

inspector = sa.inspect(engine)
assert "public" in inspector.get_schema_names()

# reflection: the dialect's own queries of the catalog
assert "orders" in inspector.get_table_names(schema="public")
# get_columns itself fails in sqlalchemy-redshift, on SQLAlchemy 2.0.40 and newer; what it asks is answered
with engine.connect() as connection:
    rows = next(rows for key, rows in engine.dialect._get_schema_column_info(connection, schema="public").items() if key.name == "orders")
    assert [(row.name, row.format_type, row.notnull, row.encode) for row in rows] == [
        ("id", "bigint", True, "none"),
        ("name", "character varying(20)", False, "lzo"),
    ], rows
assert inspector.get_pk_constraint("orders", schema="public")["constrained_columns"] == []
assert inspector.get_foreign_keys("orders", schema="public") == []
lines = sa.Table(
    "lines",
    metadata,
    sa.Column("id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("line", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("code", sa.String(20), unique=True),
    schema="public",
)
details = sa.Table(
    "details",
    metadata,
    sa.Column("id", sa.BigInteger),
    sa.Column("line", sa.Integer),
    sa.ForeignKeyConstraint(["id", "line"], ["public.lines.id", "public.lines.line"], name="of_line"),
    schema="public",
)
with engine.begin() as connection:
    lines.create(connection)
    details.create(connection)
inspector = sa.inspect(engine)
assert inspector.get_pk_constraint("lines", schema="public") == {"constrained_columns": ["id", "line"], "name": "lines_pkey"}
assert [key["column_names"] for key in inspector.get_unique_constraints("lines", schema="public")] == [["code"]]
[key] = inspector.get_foreign_keys("details", schema="public")
assert (key["name"], key["constrained_columns"], key["referred_table"], key["referred_columns"]) == (
    "of_line", ["id", "line"], "lines", ["id", "line"]
), key
with engine.begin() as connection:
    connection.execute(sa.text("create view public.names as select name from public.orders"))
inspector = sa.inspect(engine)
assert inspector.get_view_names(schema="public") == ["names"]
assert "name" in str(inspector.get_view_definition("names", schema="public"))
