{# metres along the sphere of radius 6,371 km between two places in degrees #}
{% macro haversine_m(latitude_a, longitude_a, latitude_b, longitude_b) -%}
  (2 * 6371000 * asin(sqrt(least(1.0,
    power(sin(radians({{ latitude_b }} - {{ latitude_a }}) / 2), 2)
    + cos(radians({{ latitude_a }})) * cos(radians({{ latitude_b }}))
      * power(sin(radians({{ longitude_b }} - {{ longitude_a }}) / 2), 2)
  ))))
{%- endmacro %}
