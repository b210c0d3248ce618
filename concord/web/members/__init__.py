"""The pages of people who signed in."""
