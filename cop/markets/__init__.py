"""The kennismarkt: those who seek and those who know meet at one moment."""
