"""Notices: what went wrong at a ward reaches its people by page, e-mail and webhook."""
