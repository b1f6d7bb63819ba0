"""The same view twice: in a project as `startproject` makes it, and inside the product. Loaded by the web server."""
