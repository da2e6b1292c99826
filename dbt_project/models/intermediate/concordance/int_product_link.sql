-- Links between the codes of neighbouring HS revisions, once in each direction, with the split to assume where
-- nothing better is known. Chapters 98 and 99 are no part of the nomenclature and stay out.
-- whole: the code has one counterpart. kept_code: of several counterparts one bears the same number and the publisher's
-- conversion table agrees; a code whose scope changes much gets a new number, so the same number is taken for the main
-- part. main_split: the code is not there on the other side, and some of its counterparts are its main ones: the same
-- part to each of these. Towards a newer revision they are the codes whose goods come mainly from it by the conversion
-- table. Towards an older one, where a code has more than ten counterparts and most gave it scraps, they are the code
-- the conversion table names and those that are not there on this side any more. equal_split: the same part to each.
-- Towards an older revision the conversion table names a single code: to follow it alone would be the mistake of
-- sending everything to one, but it never gets nothing.
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
            sum(case when from_code = to_code and is_conversion then 1 else 0 end) over from_side as n_kept,
            sum(case when from_code = to_code then 1 else 0 end) over to_side as n_target_kept,
            max(case when is_conversion and from_revision < to_revision then 1 else 0 end) over from_side
            as has_main_successors
        from directed
        where left(from_code, 2) < '98' and left(to_code, 2) < '98'
        window
            from_side as (partition by from_revision, to_revision, from_code),
            to_side as (partition by from_revision, to_revision, to_code)

    ),

    told_apart as (

        select
            *,
            case
                when has_main_successors = 1
                then is_conversion
                when n_targets > {{ most_equal_counterparts() }}
                then is_conversion or n_target_kept = 0
                else true
            end as is_main
        from counted

    ),

    weighed as (

        select *, sum(case when is_main then 1 else 0 end) over from_side as n_main
        from told_apart
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
    case
        when n_targets = 1
        then 'whole'
        when n_kept > 0
        then 'kept_code'
        when n_main between 1 and n_targets - 1
        then 'main_split'
        else 'equal_split'
    end as assumed_method,
    case
        when n_targets = 1
        then 1.0
        when n_kept > 0
        then case when from_code = to_code then 1.0 else 0.0 end
        when n_main > 0
        then case when is_main then {{ ratio(1, 'n_main') }} else 0.0 end
        else {{ ratio(1, 'n_targets') }}
    end as assumed_weight
from weighed
