"""Excel workbooks (.xlsx): scanned for traps before any reader touches them, then read by calamine."""
