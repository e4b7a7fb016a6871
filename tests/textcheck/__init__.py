"""The check that every text passes before others see it."""
