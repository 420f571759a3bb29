{# on Redshift an analyst may refresh it between builds; each build refreshes it too #}
{{ config(materialized='materialized_view') }}

with quakes as (

    select * from {{ ref('fct_earthquakes') }}

),

by_hour as (

    select
        date_trunc('hour', occurred_at) as hour,
        count(*) as quakes,
        sum(case when is_earthquake then 0 else 1 end) as other_events,
        max(magnitude) as max_magnitude,
        -- rounded: the order of a sum is no engine's promise
        cast(cast(avg(cast(magnitude as double precision)) as decimal(18, 3)) as double precision) as average_magnitude
    from quakes
    group by 1

)

select * from by_hour
