"""Mail: messages kept until they are handed over, and the handing over."""
