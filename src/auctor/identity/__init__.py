"""Users, members, roles, sign-in, second factor, API tokens."""
