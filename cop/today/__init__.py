"""The home page: the community for visitors, what waits for me for members."""
