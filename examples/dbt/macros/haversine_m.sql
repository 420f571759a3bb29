{# metres along the sphere of radius 6,371 km between two places in degrees; null when a place is unknown #}
{# least() passes over nulls, which would make an unknown place half the globe away #}
{% macro haversine_m(latitude_a, longitude_a, latitude_b, longitude_b) -%}
  case when {{ latitude_a }} is not null and {{ longitude_a }} is not null
    and {{ latitude_b }} is not null and {{ longitude_b }} is not null
  then 2 * 6371000 * asin(sqrt(least(1.0,
    power(sin(radians({{ latitude_b }} - {{ latitude_a }}) / 2), 2)
    + cos(radians({{ latitude_a }})) * cos(radians({{ latitude_b }}))
      * power(sin(radians({{ longitude_b }} - {{ longitude_a }}) / 2), 2)
  ))) end
{%- endmacro %}
