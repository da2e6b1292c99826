{% macro doubted_measure() %}
    -- The measures whose mirrored intervals were too often wrong when known reports were hidden, of any share hidden:
    -- there a partner's figure bounds nothing.
    select distinct measure from {{ ref('rank_error') }} where is_too_often_wrong
{% endmacro %}
