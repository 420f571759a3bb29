with source as (

    select * from {{ source('spacex', 'launches') }}

),

renamed as (

    select
        launch_id,
        flight_number,
        launch_name,
        launch_at,
        date_precision,
        upcoming as is_upcoming,
        success as is_success,
        rocket_id,
        launchpad_id,
        window_seconds,
        details,
        static_fire_at,
        failures,
        links_webcast,
        links_article,
        links_wikipedia,
        _interval_start as interval_start,
        _run_id as run_id,
        _loaded_at as loaded_at
    from source

)

select * from renamed
