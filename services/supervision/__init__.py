"""督办: the supervision list, reminders, urging and supervision slips, the figures of a centre."""
