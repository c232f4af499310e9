"""Bytes and text: values in, bytes out; knows no rows."""
