"""Contracts: what every source promises, and what every published table is.

One YAML file per source, read by dbt and by Python (`contract`, all of them together by `loading`); contracts of your
own tables (`own_contracts`), what the columns of such a table mean (`trade_roles`), the grains of the published
tables (`grains`), and the lists of codes that dbt loads as `seeds`.
"""

from flows.contracts.contract import Column, Source, Table, check_own_contract, code_list
from flows.contracts.loading import load_contracts, tables_of

__all__ = ["Column", "Source", "Table", "check_own_contract", "code_list", "load_contracts", "tables_of"]
