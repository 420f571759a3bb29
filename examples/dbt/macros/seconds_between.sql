{# fractional seconds from one timestamp to another #}
{% macro seconds_between(earlier, later) -%}
  {{ return(adapter.dispatch('seconds_between')(earlier, later)) }}
{%- endmacro %}

{# datediff counts the boundaries it crosses: microseconds are what a timestamp holds, so none is lost #}
{% macro default__seconds_between(earlier, later) -%}
  (cast(datediff(microsecond, {{ earlier }}, {{ later }}) as double precision) / 1000000)
{%- endmacro %}

{% macro postgres__seconds_between(earlier, later) -%}
  cast(extract(epoch from ({{ later }} - {{ earlier }})) as double precision)
{%- endmacro %}

{# dbt looks a Redshift macro up under postgres too, before default #}
{% macro redshift__seconds_between(earlier, later) -%}
  {{ waterclock.default__seconds_between(earlier, later) }}
{%- endmacro %}
