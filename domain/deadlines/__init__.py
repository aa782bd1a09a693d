"""Time limits: the calendar of working days, a site's hours, due times, pauses and warnings."""
