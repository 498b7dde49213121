"""The devices that programs run on: the pool, the connections, and the state of each device."""
