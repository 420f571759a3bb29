select
    product_id,
    position as part_position,
    part_id,
    quantity,
    _interval_start as interval_start,
    _run_id as run_id
from {{ source('catalog', 'product_parts') }}
