select
    product_id,
    product_name,
    released_at,
    {{ array_length('notes') }} as notes
from {{ ref('stg_products') }}
where not is_upcoming
