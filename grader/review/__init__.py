"""The page on which TAs mark what the machine cannot, served on loopback to who has the token."""
