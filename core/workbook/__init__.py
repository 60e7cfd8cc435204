"""Excel workbooks: small tables in and out. What the cells mean is the caller's business."""
