"""python read-back.py reader file.parquet... : one JSON line a file, its columns as plain values"""
import decimal, json, sys

decimal.getcontext().prec = 60

def plain(kind, value):
    if value is None or kind in ('double', 'boolean', 'varchar'): return value
    if kind == 'super': return bytes(value).decode()
    if kind == 'decimal': return str(int(value.as_tuple().sign and -1 or 1) * int(''.join(map(str, value.as_tuple().digits)) or 0))
    return str(value)

def with_pyarrow(path):
    import pyarrow as pa, pyarrow.parquet as pq
    out = {}
    for field, column in zip(*(lambda t: (t.schema, t.columns))(pq.read_table(path))):
        t = field.type
        kind = ('decimal' if pa.types.is_decimal(t) else 'double' if pa.types.is_float64(t) else 'boolean' if pa.types.is_boolean(t)
                else 'varchar' if pa.types.is_string(t) else 'super' if pa.types.is_binary(t) else 'number')
        if pa.types.is_date32(t): column = column.cast(pa.int32())
        if pa.types.is_timestamp(t): column = column.cast(pa.int64())
        out[field.name] = dict(type=str(t), values=[plain(kind, v) for v in column.to_pylist()])
    return out

def with_duckdb(path):
    import duckdb
    c = duckdb.connect()
    c.execute("set timezone='UTC'")
    out = {}
    for name, t, *_ in c.execute(f"describe select * from read_parquet('{path}')").fetchall():
        x = f'"{name}"'
        if t.startswith('TIMESTAMP'): x = f'epoch_us({x})'
        if t == 'DATE': x = f"datediff('day', date '1970-01-01', {x})"
        kind = ('decimal' if t.startswith('DECIMAL') else 'double' if t == 'DOUBLE' else 'boolean' if t == 'BOOLEAN'
                else 'varchar' if t == 'VARCHAR' else 'super' if t == 'BLOB' else 'number')
        out[name] = dict(type=t, values=[plain(kind, v) for (v,) in c.execute(f"select {x} from read_parquet('{path}')").fetchall()])
    return out

reader = dict(pyarrow=with_pyarrow, duckdb=with_duckdb)[sys.argv[1]]
for path in sys.argv[2:]: print(json.dumps(reader(path)))
