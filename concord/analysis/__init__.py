"""The analysis room: runs the engine on a plan, keeps findings and people's answers to them."""
