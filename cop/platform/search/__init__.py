"""Search: one index of terms, in the engine of either database, ranked by one formula."""
