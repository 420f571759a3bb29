with source as (

    select * from {{ source('door2door', 'operating_periods') }}

),

renamed as (

    select
        organization_id,
        operating_period_id,
        started_at,
        finished_at,
        event = 'delete' as is_deleted,
        event_at,
        _interval_start as interval_start,
        _run_id as run_id,
        _loaded_at as loaded_at
    from source

)

select * from renamed
