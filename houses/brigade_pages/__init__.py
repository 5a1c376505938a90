"""The pages a brigade works with in the street: its day, its houses, its reports."""
