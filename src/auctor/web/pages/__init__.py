"""One module per page: a request becomes a query or an operation, its record becomes a rendered template."""
