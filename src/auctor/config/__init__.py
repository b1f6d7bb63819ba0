"""Settings and mounting: the roof. Reads the environment, wires the apps; nothing imports it."""
