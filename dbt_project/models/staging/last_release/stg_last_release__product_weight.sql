{{ rows_of_last_release('bridge_product_revision') }}
