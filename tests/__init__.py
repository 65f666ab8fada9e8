"""The tests, in folders that mirror the packages; `golden/` holds artifacts of old formats."""
