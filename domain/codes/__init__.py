"""Enterprise codes (企业码): what a scanned text can be, and what it proves without a network.

This room of the domain may import ``cbor2`` and ``cryptography`` besides the standard library: both are pure
functions over bytes here, and reading a signature is the business rule itself.
"""
