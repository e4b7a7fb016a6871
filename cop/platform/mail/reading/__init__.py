"""Taking apart mail that was written by others: nothing in it is trusted, nothing makes it fail."""
