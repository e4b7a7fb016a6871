"""Cases: a situation from practice that nobody can be recognised in, from draft to removal."""
