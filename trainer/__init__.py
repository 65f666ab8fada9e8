"""The offline side: configuration, data, search, fit, evaluation, export, publishing, report.

Importing a module of this package is cheap until one that needs TensorFlow is asked for; the
command line refuses a bad configuration before that.
"""
