"""The page behind the signed link of a slip: how the case stands, and one rating. No sign-in, no personal data."""
