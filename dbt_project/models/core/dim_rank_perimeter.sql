-- What is left out of a ranking, by perimeter; a perimeter that leaves out nothing has one row without an area.
select perimeter_code, perimeter_name, excluded_area_code from {{ ref('rank_perimeter') }}
