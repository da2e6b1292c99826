{{ config(materialized='ephemeral', post_hook=[]) }} {{ current_records(source('comext', 'bulk')) }}
