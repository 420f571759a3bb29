select
    duties.operator_id,
    duties.duty_id,
    count(*) as positions
from {{ ref('dim_duties') }} as duties
inner join {{ ref('fct_positions') }} as positions on positions.operator_id = duties.operator_id
group by 1, 2
