"""Cases 诉求件: one matter of one enterprise, from acceptance to archive."""
