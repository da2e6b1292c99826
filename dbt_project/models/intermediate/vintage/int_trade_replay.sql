-- The replays int_trade_cell_replayed has made or let stand, which notes them: each shows a part of the cells as it was
-- before a file of it was replaced.
-- depends_on: {{ ref('int_trade_cell_replayed') }}
-- depends_on: {{ ref('stg_landed__file') }}
-- depends_on: {{ ref('stg_ledger__correction') }}
select source_code, partition_code, state_number, replayed_at, state_began_at, next_replayed_at, replay_id
from {{ noted_replays() }}
