"""The doors to CRM, mail and chat vendors: OAuth, read, write."""
