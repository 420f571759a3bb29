{# number of elements of a SUPER array, null when it is none: navigation into SUPER differs by engine #}
{% macro array_length(array) -%}
  {{ return(adapter.dispatch('array_length')(array)) }}
{%- endmacro %}

{% macro default__array_length(array) -%}
  cast(get_array_length({{ array }}) as integer)
{%- endmacro %}

{% macro postgres__array_length(array) -%}
  case when jsonb_typeof({{ array }}) = 'array' then jsonb_array_length({{ array }}) end
{%- endmacro %}

{# dbt looks a Redshift macro up under postgres too, before default #}
{% macro redshift__array_length(array) -%}
  {{ waterclock.default__array_length(array) }}
{%- endmacro %}
