"""What the service does with the versions of each task; `service/task_registry.py` lists them."""
