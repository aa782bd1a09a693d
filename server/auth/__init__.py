"""Who comes in: enrolment by a one-time code, sessions by a signed challenge, tokens, revocation."""
