"""Small tools that know no product. Called from everywhere; imports nothing of ours."""
