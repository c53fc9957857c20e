"""Local copies of campaigns, read once and refreshed in part."""
