-- A correction is applied, or the figure it speaks of has changed or gone: then a person must look at it again.
select * from {{ ref('correction_outcome') }} where correction_state not in ('applied', 'source_absent')
