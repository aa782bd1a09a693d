"""督办 for supervisors: what is late or asked for, ratings, problems that many cases share."""
