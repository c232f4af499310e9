"""Rows: the engine, the models and the overlap guarantee."""
