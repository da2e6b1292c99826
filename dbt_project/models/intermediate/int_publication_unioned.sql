-- Every mention of a publication in the records of the sources that have them.
{{
    union_of_feeds(
        'publications', ['publication_id', 'publisher', 'title', 'url', 'published_on', 'file_id', 'line']
    )
}}
