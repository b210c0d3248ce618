"""What people decide about frozen texts: comments, meetings, decisions, adjustments."""
