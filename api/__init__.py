"""The HTTP door; `api.app.create_app` makes it from settings."""
