{{ pair_flow_report() }}
