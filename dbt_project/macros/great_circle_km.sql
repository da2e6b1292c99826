{#-
    Distance over the globe between two rows with a latitude and a longitude in degrees (haversine; radius 6371 km), in
    km; never less than 100, what goods travel inside a country too. NULL where a place is unknown.
-#}
{% macro great_circle_km(here, there) -%}
    case
        when {{ here }}.latitude is not null and {{ there }}.latitude is not null
        then
            greatest(
                100.0,
                12742.0 * asin(
                    sqrt(
                        least(
                            1.0,
                            power(sin(radians({{ there }}.latitude - {{ here }}.latitude) / 2), 2)
                            + cos(radians({{ here }}.latitude))
                            * cos(radians({{ there }}.latitude))
                            * power(sin(radians({{ there }}.longitude - {{ here }}.longitude) / 2), 2)
                        )
                    )
                )
            )
    end
{%- endmacro %}
