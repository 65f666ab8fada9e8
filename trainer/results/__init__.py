"""What a run leaves for people: tables, plots, report, model card, summary."""
