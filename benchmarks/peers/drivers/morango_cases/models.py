"""A case as a model that Morango syncs."""

from django.db import models
from morango.models.core import SyncableModel


class Case(SyncableModel):
    morango_profile = "cases"
    morango_model_name = "case"

    dataset = models.CharField(max_length=32)
    source = models.CharField(max_length=40, db_index=True)
    content = models.TextField()

    def calculate_source_id(self, *args, **kwargs):
        return self.source

    def calculate_partition(self, *args, **kwargs):
        return f"{self.dataset}:case"
