"""The client side of sync: says hello, sends what the upstream lacks, takes in what is new, and never loses its place.

Every step is one transaction in the store; killed anywhere, the next run goes on from there and sends at most one batch
again.
"""
