"""Sessions that a group holds together: what intervisie and moreel beraad share."""
