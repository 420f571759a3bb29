"""python compare.py set reference.parquet candidate.parquet...: whether the rows are equal, column by column, in any order"""
import json, sys
import pyarrow as pa, pyarrow.compute as pc, pyarrow.parquet as pq

kind, reference, *candidates = sys.argv[1:]
key = ['event', 'at', 'entity_id', 'organization_id', 'entity', 'lat'] if kind == 'a' else ['id']

def canonical(value):
    return None if value is None else json.dumps(json.loads(value), sort_keys=True)

def normal(paths, names):
    table = pa.concat_tables([pq.read_table(path) for path in paths]).select(names)
    columns = []
    for field in table.schema:
        column = table[field.name]
        if pa.types.is_binary(field.type): column = column.cast(pa.string())
        if pa.types.is_timestamp(field.type): column = column.cast(pa.timestamp('us', tz='UTC'))
        columns.append(column.combine_chunks())
    table = pa.table(columns, names=names)
    return table.take(pc.sort_indices(table, sort_keys=[(name, 'ascending') for name in key]))

names = [name for name in pq.read_schema(reference).names if name != 'row_id']
left, right = normal([reference], names), normal(candidates, names)
ids = lambda path, name: len(pc.unique(pq.read_table(path, columns=[name])[name]))
different = [] if left.num_rows == right.num_rows else ['rows']
for name in names if not different else []:
    one, other = left[name], right[name]
    if one.equals(other): continue
    # JSON text may differ in the order of its keys
    if list(map(canonical, one.to_pylist())) != list(map(canonical, other.to_pylist())) if one.type == pa.string() else True:
        different.append(name)
print(json.dumps(dict(
    rows=[left.num_rows, right.num_rows], columns=len(names), different=different,
    keys=[ids(reference, 'row_id'), len(pc.unique(pa.concat_tables([pq.read_table(path, columns=['_row_id']) for path in candidates])['_row_id']))])))
