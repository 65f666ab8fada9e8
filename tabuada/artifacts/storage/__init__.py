"""Where a store's files lie: in a folder of this machine, or on object storage."""
