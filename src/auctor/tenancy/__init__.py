"""Workspace, scope, actor and row policies. Every row belongs to one workspace."""
