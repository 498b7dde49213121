"""What checks found: their ids, and a record for the evidence of each."""
