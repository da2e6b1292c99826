-- Links between the codes of neighbouring HS revisions, once in each direction, with the split to assume where
-- nothing better is known. Chapters 98 and 99 are no part of the nomenclature and stay out.
-- whole: the code has one counterpart. kept_code: of several counterparts one bears the same number; a code whose
-- scope changes much gets a new number, so the same number is taken for the main part. equal_split: the code is not
-- there on the other side; its value is split evenly, towards a newer revision over its main successors (the new codes
-- whose goods come mainly from it by the publisher's conversion table), else over the counterparts that are not there
-- on this side either, or over all. Towards an older revision the conversion table names a single code: to follow it
-- would be the mistake of sending everything to one.
with
    directed as (

        select from_revision, from_code, to_revision, to_code, is_conversion
        from {{ landed('hs_correlation', 'pair') }}

        union all

        select
            to_revision as from_revision,
            to_code as from_code,
            from_revision as to_revision,
            from_code as to_code,
            is_conversion
        from {{ landed('hs_correlation', 'pair') }}

    ),

    counted as (

        select
            *,
            count(*) over from_side as n_targets,
            count(*) over to_side as n_sources,
            sum(case when from_code = to_code then 1 else 0 end) over from_side as n_kept,
            sum(case when from_code = to_code then 1 else 0 end) over to_side as n_target_kept
        from directed
        where left(from_code, 2) < '98' and left(to_code, 2) < '98'
        window
            from_side as (partition by from_revision, to_revision, from_code),
            to_side as (partition by from_revision, to_revision, to_code)

    ),

    free as (

        select
            *,
            sum(case when is_conversion and from_revision < to_revision then 1 else 0 end) over from_side as n_main,
            sum(case when n_target_kept = 0 then 1 else 0 end) over from_side as n_free
        from counted
        window from_side as (partition by from_revision, to_revision, from_code)

    )

select
    from_revision,
    from_code,
    to_revision,
    to_code,
    is_conversion,
    cast(n_targets as bigint) as n_targets,
    cast(n_sources as bigint) as n_sources,
    case when n_targets = 1 then 'whole' when n_kept > 0 then 'kept_code' else 'equal_split' end as assumed_method,
    case
        when n_targets = 1
        then 1.0
        when n_kept > 0
        then case when from_code = to_code then 1.0 else 0.0 end
        when n_main > 0
        then case when is_conversion then {{ ratio(1, 'n_main') }} else 0.0 end
        when n_free > 0
        then case when n_target_kept = 0 then {{ ratio(1, 'n_free') }} else 0.0 end
        else {{ ratio(1, 'n_targets') }}
    end as assumed_weight
from free
