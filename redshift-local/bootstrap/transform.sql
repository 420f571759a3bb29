-- OBJECT_TRANSFORM: the paths that are kept, then those that are set; null where the clause is left out
create or replace function rs_local_put(target jsonb, path text[], value jsonb) returns jsonb language plpgsql immutable as $$
declare part text := path[1]; held jsonb := jsonb_extract_path(target, part);
begin
  if cardinality(path) = 1 then return jsonb_set(target, array[part], coalesce(value, jsonb_in('null')), true); end if;
  if held is null or jsonb_typeof(held) <> 'object' then held := jsonb_build_object(); end if;
  return jsonb_set(target, array[part], redshift_catalog.rs_local_put(held, path[2:], value), true);
end $$;
create or replace function rs_local_transform(value jsonb, keep json, paths json, items jsonb) returns jsonb language plpgsql immutable as $$
declare done jsonb := value; path text[]; held jsonb; at integer;
begin
  if value is null or jsonb_typeof(value) <> 'object' then return value; end if;
  if json_array_length(keep) > 0 then
    done := jsonb_build_object();
    for at in 0 .. json_array_length(keep) - 1 loop
      path := array(select json_array_elements_text(json_array_element(keep, at)));
      held := jsonb_extract_path(value, variadic path);
      if held is not null then done := redshift_catalog.rs_local_put(done, path, held); end if;
    end loop;
  end if;
  for at in 0 .. json_array_length(paths) - 1 loop
    path := array(select json_array_elements_text(json_array_element(paths, at)));
    done := redshift_catalog.rs_local_put(done, path, jsonb_array_element(items, at));
  end loop;
  return done;
end $$;
