"""The five steps as plain functions, without prefect: fetch, land, build, audit, publish."""

from typing import Literal

# How far a run goes: up to publishing when something changed, or in any case, or only part of the way; the last
# asks no source for anything and builds from the raw files there are.
Mode = Literal["refresh", "rebuild", "build without publishing", "offline"]

NOTHING_TO_DO = "Nothing to do: no new raw file, and the code is unchanged."
