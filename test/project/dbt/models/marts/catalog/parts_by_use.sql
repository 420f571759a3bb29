select
    parts.part_id,
    count(*) as products,
    sum(parts.quantity) as quantity
from {{ ref('stg_product_parts') }} as parts
inner join {{ ref('dim_products') }} as products on products.product_id = parts.product_id
where parts.part_id is not null
group by 1
