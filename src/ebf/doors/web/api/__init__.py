"""The JSON API, version 1: the library's own answers, each with its schema, over HTTP."""
