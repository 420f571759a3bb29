select
    product_id,
    number,
    product_name,
    released_at,
    upcoming as is_upcoming,
    notes,
    _interval_start as interval_start,
    _run_id as run_id
from {{ source('catalog', 'products') }}
