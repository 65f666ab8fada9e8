"""The store of published versions: reading, publishing, signing, wherever the files lie."""
