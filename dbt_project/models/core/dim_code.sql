-- What the codes of the published tables say in English.
select code_list, code, words from {{ ref('code_words') }}
