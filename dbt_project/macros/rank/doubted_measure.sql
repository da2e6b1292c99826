{% macro doubted_measure() %}
    -- The measures whose mirrored intervals were too often wrong when known reports were hidden: more than 2 of 100
    -- ranks
    -- called certain, beyond chance, of any share hidden, over all years and statistics, wherever fifty can be counted.
    -- Chance is the normal bound of a binomial count that one trial in a thousand passes (3.09 standard deviations),
    -- since
    -- several trials are made and few ranks can be counted in a small warehouse. There a partner's figure bounds
    -- nothing.
    select distinct measure
    from
        (
            select measure
            from {{ ref('rank_error') }}
            group by hidden_pct, measure
            having
                sum(n_certain) >= 50
                and sum(n_wrong) > 0.02 * sum(n_certain) + 3.09 * sqrt(0.02 * 0.98 * sum(n_certain))
        ) as tried
{% endmacro %}
