"""The commands, one module each, named as typed; `registry` lists them."""
