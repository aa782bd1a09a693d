"""排队: groups, tickets, the line, and who decides over them."""
