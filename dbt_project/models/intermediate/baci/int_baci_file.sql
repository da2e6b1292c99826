{{ config(meta={'files_of': ['baci.trade_year'], 'has_parts': true}) }}
-- The yearly files of BACI that count (macros/baci_files).
{{ baci_files() }}
