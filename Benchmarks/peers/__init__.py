"""What the harnesses that measure Needletail beside other engines share."""
