select
    date_trunc('hour', orders.changed_at) as hour,
    count(distinct orders.order_id) as orders,
    sum(lines.amount) as amount
from {{ ref('stg_orders') }} as orders
inner join {{ ref('stg_order_lines') }} as lines on lines.order_id = orders.order_id
group by 1
