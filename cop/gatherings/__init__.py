"""What people plan together: events with sign-up, reminders and a place in one's own calendar."""
