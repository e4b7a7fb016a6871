"""Groups for intervisie and moral deliberation: who is in them, who facilitates, when they meet."""
