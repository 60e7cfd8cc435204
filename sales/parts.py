"""THE parts of an opportunity: its child table, declared once for pages, files and history."""

from core.records.part import Part, Same
from sales.catalog import PRODUCT

PRODUCTS = Part(
    "products",
    "opportunity",
    PRODUCT,
    same_by=(Same("name"),),
    examples={"name": "直流屏", "quantity": 20, "price": "12,800.00"},
)
