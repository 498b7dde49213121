"""The data sets that labs measure on."""
