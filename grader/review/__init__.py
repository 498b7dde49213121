"""The page on which TAs mark, served on loopback to browsers that have the token."""
