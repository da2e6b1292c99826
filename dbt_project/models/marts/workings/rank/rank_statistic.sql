{{ rank_statistic() }}
