"""Files and directories: reading them as resources, and writing them all or not at all."""
