select
    order_id,
    changed_at,
    status,
    customer_id,
    _interval_start as interval_start
from {{ source('orders', 'orders') }}
