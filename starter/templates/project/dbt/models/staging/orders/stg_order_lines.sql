select
    order_id,
    line,
    sku,
    quantity,
    price,
    quantity * price as amount
from {{ source('orders', 'order_lines') }}
