{#
  Incremental models hold what staging shows, and rebuild whole intervals: those whose newest load, as the ledger has it,
  is not the one that the model's rows came with. No time is compared, so late, early and repeated loads count alike. An
  interval without rows is never told from one that was not built yet: it is looked at each time.
#}

{# name of the table of the intervals that are to be built, which lasts as long as the session #}
{% macro unbuilt_intervals() -%}
  {{ this.identifier }}__unbuilt
{%- endmacro %}

{#
  as `pre_hook`: finds them once, since loads go on while a model is built. `parent_key`, of an entity with
  `rows: { replace: true }`: the columns that identify the record, by the same names in the model. A record that came with a
  later interval took its rows out of this one, without a load of it
#}
{% macro find_unbuilt_intervals(pipeline, entity, parent_key=[]) -%}
  {%- if is_incremental() -%}
  drop table if exists {{ unbuilt_intervals() }};
  create temporary table {{ unbuilt_intervals() }} as
  select loads.interval_start
  from (
      select
          interval_start,
          run_id,
          row_number() over (partition by interval_start order by finished_at desc, run_id desc) as recency
      from monitor_db.handler_executions
      where pipeline = '{{ pipeline }}' and entity = '{{ entity }}' and status = 'loaded'
  ) as loads
  left join (select distinct interval_start, run_id from {{ this }}) as built
      on built.interval_start = loads.interval_start and built.run_id = loads.run_id
  where loads.recency = 1 and built.run_id is null
  {%- if parent_key %}
  union
  select held.interval_start
  from {{ this }} as held
  inner join {{ pipeline }}.{{ entity }}_parents as parents
      on
          {% for column in parent_key -%}
          parents.{{ column }} = held.{{ column }}
          and {% endfor -%}
          parents._interval_start <> held.interval_start
  {%- endif %}
  {%- endif -%}
{%- endmacro %}

{# in the model: the rows of these intervals, or all #}
{% macro in_unbuilt_intervals() -%}
  {%- if is_incremental() -%}
  where interval_start in (select interval_start from {{ unbuilt_intervals() }})
  {%- endif -%}
{%- endmacro %}

{#
  `incremental_strategy: intervals`: deletes whole intervals, then inserts them. `unique_key` finds rows that came with
  another interval before
#}
{% macro get_incremental_intervals_sql(arg_dict) -%}
  {%- set target = arg_dict['target_relation'] -%}
  {%- set columns = get_quoted_csv(arg_dict['dest_columns'] | map(attribute='name')) -%}
  delete from {{ target }}
  where interval_start in (select interval_start from {{ unbuilt_intervals() }});

  delete from {{ target }}
  using {{ arg_dict['temp_relation'] }} as fresh
  where {% for column in arg_dict['unique_key'] -%}
    {{ target.identifier }}.{{ column }} = fresh.{{ column }}{{ ' and ' if not loop.last }}
  {%- endfor %};

  insert into {{ target }} ({{ columns }})
  (select {{ columns }} from {{ arg_dict['temp_relation'] }})
{%- endmacro %}
