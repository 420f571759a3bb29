{# plain names in prod and local; a developer's own copies in dev #}
{% macro generate_schema_name(custom_schema_name, node) -%}
  {%- set name = custom_schema_name | trim if custom_schema_name else target.schema -%}
  {%- if target.name == 'dev' and custom_schema_name -%}
    {{ target.schema | lower | replace('.', '_') | replace('-', '_') }}_{{ name }}
  {%- else -%}
    {{ name }}
  {%- endif -%}
{%- endmacro %}
