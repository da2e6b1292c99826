-- What each index is: formula, bounds, universe, when it is unknown, and where it comes from.
select * from {{ ref('indicator_definition') }}
