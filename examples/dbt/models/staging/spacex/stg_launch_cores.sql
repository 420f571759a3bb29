with source as (

    select * from {{ source('spacex', 'launch_cores') }}

),

renamed as (

    select
        launch_id,
        position as core_position,
        core_id,
        flight,
        reused as is_reused,
        gridfins as has_gridfins,
        legs as has_legs,
        landing_attempt as is_landing_attempted,
        landing_success as is_landed,
        landing_type,
        landpad_id,
        _interval_start as interval_start,
        _run_id as run_id,
        _loaded_at as loaded_at
    from source

)

select * from renamed
