"""The models of sales, by the names that others know them by."""

from sales.models.opportunity import Opportunity, WantedProduct

__all__ = ["Opportunity", "WantedProduct"]
