-- Flows, and which of them are parts of another and must never be added to it.
select flow_code, flow_name, parent_flow_code, is_subflow, direction from {{ ref('flow') }}
