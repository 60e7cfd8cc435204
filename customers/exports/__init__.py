"""Customers as files: the list as it is shown, the workbook to edit, the template, the errors."""
