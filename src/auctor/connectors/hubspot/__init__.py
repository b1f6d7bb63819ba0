"""HubSpot, as a vendor: how one signs in there, and which of its addresses are called."""
