"""Mail that comes in: bounces, answers, new discussions, commands; above all that it calls."""
