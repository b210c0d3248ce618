"""Values as people write them: each reading gives the value, and what there is to say about it. Pure."""
