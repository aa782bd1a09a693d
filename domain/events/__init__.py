"""Events: what a record is made of, how it is written down, chained and ordered."""
