"""督办: who is reminded of what and when, urging and supervision slips, problems that many cases share."""
