"""Callbacks (回访): asking the enterprise after closing. Who is asked, what was said, what follows."""
