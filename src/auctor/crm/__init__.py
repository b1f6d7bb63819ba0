"""Our own vendor-neutral copy of the customer's CRM and mail metadata."""
