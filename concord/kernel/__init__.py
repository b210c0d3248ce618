"""What every room shares and what needs nothing: errors, clock, keys, dates, money, names, code lists."""
