"""Settings: the station, looks, lock, printers, the safety of the data."""
